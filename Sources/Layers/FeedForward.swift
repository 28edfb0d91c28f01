import Compute

/// The feed-forward block of BERT: LayerNorm(x + dropout(W₂ activation(W₁ x + b₁) + b₂)).
public final class FeedForward {
  /// W₁ [intermediateSize, hiddenSize]
  public let intermediate: Linear
  /// W₂ [hiddenSize, intermediateSize]
  public let output: Linear
  /// The normalisation that ends the block.
  public let norm: LayerNorm
  private let activation: Activation
  private let site: DropoutSite

  package init(
    intermediate: Linear, output: Linear, norm: LayerNorm, activation: Activation, site: DropoutSite
  ) {
    self.intermediate = intermediate
    self.output = output
    self.norm = norm
    self.activation = activation
    self.site = site
  }

  /// What the backward pass needs. The activated rows are not among it: they are computed again.
  package struct Tape {
    fileprivate let intermediateInput: Operand?
    fileprivate let preActivation: Operand
    /// What the learner of W₂ makes of the activated rows, unless it wants them whole.
    fileprivate let outputInput: Operand?
    fileprivate let normalized: NormalizedRows
  }

  package var isTraining: Bool {
    intermediate.isTraining || output.isTraining || norm.isTraining
  }

  /// Whether the input's operand has to be there in the backward pass.
  package var needsInput: Bool { intermediate.needsInput }

  /// y may not be x.
  package func forward(_ x: Hidden, into y: Hidden, _ pass: Pass) -> Tape {
    let engine = pass.engine
    let (rows, size) = (x.values.rows, intermediate.outputSize)
    return engine.scratch.scope {
      let preActivation = engine.operand(rows, size, in: pass.arena)
      let inner = engine.wide(preActivation)
      let intermediateInput = intermediate.forward(x.operand, into: inner, pass)
      let activated = engine.operand(rows, size, in: engine.scratch)
      engine.activate(
        activation, inner, bias: intermediate.addend(engine), keeping: preActivation,
        into: activated)
      let mixed = engine.scratch.matrix(rows, y.values.columns, of: Float.self)
      let outputInput = output.forward(activated, into: mixed, pass)
      let normalized = norm.forward(
        mixed, xBias: output.addend(engine), residual: x.values, site: site, into: y, pass)
      return Tape(
        intermediateInput: intermediateInput, preActivation: preActivation,
        outputInput: output.needsInput ? nil : outputInput, normalized: normalized)
    }
  }

  /// Accumulates gradients; writes the gradient of the block's input to `dx` [rows, hiddenSize]
  /// (`dx` is used as working memory; unless `wanted` it does not hold the input's gradient afterwards).
  package func backward(
    _ dy: Matrix<Float>, _ tape: Tape, into dx: Matrix<Float>, wanted: GradientWanted,
    _ pass: Pass
  ) {
    let engine = pass.engine
    engine.scratch.scope {
      let mixed = norm.backward(dy, tape.normalized, into: dx, site: site, pass)
      guard wanted == .input || intermediate.isTraining || output.isTraining else { return }
      let size = intermediate.outputSize
      let inner = engine.scratch.matrix(dx.rows, size, of: Float.self)
      output.inputGradient(mixed, into: inner, pass)
      let activated = engine.operand(dx.rows, size, in: engine.scratch)
      let innerGradient = engine.narrow(inner, in: engine.scratch)
      engine.activationBackward(
        activation, tape.preActivation, inner, into: innerGradient, recomputing: activated)
      output.accumulate(mixed, kept: output.needsInput ? activated : tape.outputInput, pass)
      intermediate.backward(
        innerGradient, kept: tape.intermediateInput, into: wanted == .input ? dx : nil, pass, .add)
    }
  }
}

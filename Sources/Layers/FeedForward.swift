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

  /// What the backward pass needs.
  package struct Tape {
    fileprivate let intermediateInput: Operand?
    fileprivate let preActivation: Matrix<Float>
    fileprivate let outputInput: Operand?
    fileprivate let normalized: NormalizedRows
  }

  package var isTraining: Bool {
    intermediate.isTraining || output.isTraining || norm.isTraining
  }

  /// y may not be x.
  package func forward(_ x: Hidden, into y: Matrix<Float>, _ pass: ForwardPass) -> Tape {
    let engine = pass.engine
    let rows = x.values.rows
    let inner = engine.activations.matrix(rows, intermediate.outputSize, of: Float.self)
    let intermediateInput = intermediate.forward(x.operand, into: inner, pass)

    return engine.scratch.scope {
      // The activated rows outlive this scope only when the learner of W₂ keeps them whole.
      let arena = output.arenaForInput(pass)
      let activated = engine.precision == .float32 ? arena : engine.scratch
      let inputs = activated.matrix(rows, intermediate.outputSize, of: Float.self)
      engine.activate(activation, inner, bias: intermediate.bias.value, into: inputs)
      let mixed = engine.scratch.matrix(rows, y.columns, of: Float.self)
      let outputInput = output.forward(engine.operand(inputs, in: arena), into: mixed, pass)
      let normalized = norm.forward(
        mixed, xBias: output.bias, residual: x.values, site: site, into: y, pass)
      return Tape(
        intermediateInput: intermediateInput, preActivation: inner, outputInput: outputInput,
        normalized: normalized)
    }
  }

  /// Accumulates gradients; writes the gradient of the block's input to `dx` [rows, hiddenSize]
  /// (`dx` is used as working memory; unless `wanted` it does not hold the input's gradient afterwards).
  package func backward(
    _ dy: Matrix<Float>, _ tape: Tape, into dx: Matrix<Float>, wanted: GradientWanted,
    _ pass: ForwardPass
  ) {
    let engine = pass.engine
    norm.backward(dy, tape.normalized, into: dx, engine)
    guard wanted == .input || intermediate.isTraining || output.isTraining else { return }
    engine.scratch.scope {
      let mixed = engine.scratch.matrix(dx.rows, dx.columns, of: Float.self)
      site.apply(pass, dx, into: mixed)
      let needsInner = wanted == .input || intermediate.isTraining
      let inner = engine.scratch.matrix(dx.rows, intermediate.outputSize, of: Float.self)
      output.backward(mixed, kept: tape.outputInput, into: needsInner ? inner : nil, pass)
      guard needsInner else { return }
      engine.activationBackward(activation, tape.preActivation, inner)
      intermediate.backward(
        inner, kept: tape.intermediateInput, into: wanted == .input ? dx : nil, pass, .add)
    }
  }
}

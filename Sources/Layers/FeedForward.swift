import Compute

/// The feed-forward layers of BERT: W₂ activation(W₁ x + b₁). The second bias is added by what follows.
package final class FeedForward {
  /// W₁ [intermediateSize, hiddenSize]
  package let intermediate: Linear
  /// W₂ [hiddenSize, intermediateSize]
  package let output: Linear
  private let activation: Activation

  package init(intermediate: Linear, output: Linear, activation: Activation) {
    self.intermediate = intermediate
    self.output = output
    self.activation = activation
  }

  /// What the backward pass needs. The activated rows are not among it: they are computed again.
  package struct Tape {
    fileprivate let intermediateInput: Operand?
    fileprivate let preActivation: Operand
    /// What the learner of W₂ makes of the activated rows, unless it wants them whole.
    fileprivate let outputInput: Operand?
  }

  package var isTraining: Bool { intermediate.isTraining || output.isTraining }

  /// Whether the input's operand has to be there in the backward pass.
  package var needsInput: Bool { intermediate.needsInput }

  /// y = the result for x, both [rows, hiddenSize].
  package func forward(_ x: Operand, into y: Matrix<Float>, _ pass: Pass) -> Tape {
    let engine = pass.engine
    let (rows, size) = (x.rows, intermediate.outputSize)
    return engine.scratch.scope {
      let preActivation = engine.operand(rows, size, in: pass.arena)
      let inner = engine.wide(preActivation)
      let intermediateInput = intermediate.forward(x, into: inner, pass)
      let activated = engine.operand(rows, size, in: engine.scratch)
      engine.activate(
        activation, inner, bias: intermediate.addend(engine), keeping: preActivation,
        into: activated)
      let outputInput = output.forward(activated, into: y, pass)
      return Tape(
        intermediateInput: intermediateInput, preActivation: preActivation,
        outputInput: output.needsInput ? nil : outputInput)
    }
  }

  /// Accumulates gradients; adds that of x to dx [rows, hiddenSize], if it is wanted.
  package func backward(_ dy: Operand, _ tape: Tape, addingTo dx: Matrix<Float>?, _ pass: Pass) {
    let engine = pass.engine
    engine.scratch.scope {
      let size = intermediate.outputSize
      let inner = engine.scratch.matrix(dy.rows, size, of: Float.self)
      output.inputGradient(dy, into: inner, pass)
      let activated = engine.operand(dy.rows, size, in: engine.scratch)
      let innerGradient = engine.narrow(inner, in: engine.scratch)
      engine.activationBackward(
        activation, tape.preActivation, inner, into: innerGradient, recomputing: activated)
      output.accumulate(dy, kept: output.needsInput ? activated : tape.outputInput, pass)
      intermediate.backward(innerGradient, kept: tape.intermediateInput, into: dx, pass, .add)
    }
  }
}

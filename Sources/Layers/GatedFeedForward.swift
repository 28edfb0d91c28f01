import Compute

/// The gated feed-forward layers of LLaMA: W_down (activation(W_gate x) · W_up x), also called SwiGLU with the activation
/// silu (Shazeer, 2020).
package final class GatedFeedForward {
  /// W_gate [intermediateSize, hiddenSize]
  package let gate: Linear
  /// W_up [intermediateSize, hiddenSize]
  package let up: Linear
  /// W_down [hiddenSize, intermediateSize]
  package let down: Linear
  private let activation: Activation

  package init(gate: Linear, up: Linear, down: Linear, activation: Activation) {
    self.gate = gate
    self.up = up
    self.down = down
    self.activation = activation
  }

  /// What the backward pass needs. The product of the two halves is not among it: it is computed again.
  package struct Tape {
    fileprivate let gateInput: Operand?, upInput: Operand?
    fileprivate let gate: Operand, up: Operand
    /// What the learner of W_down makes of the product, unless it wants it whole.
    fileprivate let downInput: Operand?
  }

  package var isTraining: Bool { [gate, up, down].contains(where: \.isTraining) }

  /// Whether the input's operand has to be there in the backward pass.
  package var needsInput: Bool { gate.needsInput || up.needsInput }

  /// y [rows, hiddenSize] += the result.
  package func forward(_ x: Operand, addingTo y: Matrix<Float>, _ pass: Pass) -> Tape {
    let engine = pass.engine
    return engine.scratch.scope {
      let (gated, gateInput) = gate.project(x, pass)
      let (raised, upInput) = up.project(x, pass)
      let product = engine.operand(x.rows, up.outputSize, in: engine.scratch)
      engine.activate(activation, gate: gated, up: raised, into: product)
      let downInput = down.forward(product, into: y, pass, .add)
      if let bias = down.bias { engine.addBias(bias.value, to: y, into: .float32(y)) }
      return Tape(
        gateInput: gateInput, upInput: upInput, gate: gated, up: raised,
        downInput: down.needsInput ? nil : downInput)
    }
  }

  /// Accumulates gradients; dx [rows, hiddenSize] receives that of x, if it is wanted.
  package func backward(_ dy: Operand, _ tape: Tape, into dx: Matrix<Float>?, _ pass: Pass) {
    let engine = pass.engine
    let (rows, size) = (dy.rows, up.outputSize)
    engine.scratch.scope {
      let inner = engine.scratch.matrix(rows, size, of: Float.self)
      down.inputGradient(dy, into: inner, pass)
      let product = engine.operand(rows, size, in: engine.scratch)
      let gateGradient = engine.operand(rows, size, in: engine.scratch)
      let upGradient = engine.narrow(inner, in: engine.scratch)
      engine.activationBackward(
        activation, gate: tape.gate, up: tape.up, inner, gateGradient: gateGradient,
        upGradient: upGradient, recomputing: product)
      down.accumulate(dy, kept: down.needsInput ? product : tape.downInput, pass)
      gate.backward(gateGradient, kept: tape.gateInput, into: dx, pass)
      up.backward(upGradient, kept: tape.upInput, into: dx, pass, .add)
    }
  }
}

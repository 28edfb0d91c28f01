import Compute
import Layers

/// From hidden states to the logits of the next token, by one layer without bias. It is computed some rows at a time, as
/// the logits of all would take more memory than the rest of the step.
final class VocabularyHead: Head {
  private let projection: Linear

  init(_ projection: Linear) { self.projection = projection }

  /// What the learner of the projection keeps of its input.
  struct Tape {
    fileprivate let input: Operand?
  }

  var linears: [LinearSite] { [LinearSite(LinearRole(.vocabulary), projection)] }

  var isTraining: Bool { projection.isTraining }

  /// About 48 MiB of logits. The more rows there are, the less often the weight is read.
  var rowsAtOnce: Int { max(16, (12 << 20) / max(1, projection.outputSize)) }

  func forward(_ x: Matrix<Float>, into logits: Matrix<Float>, _ pass: Pass) -> Tape {
    let engine = pass.engine
    return Tape(
      input: projection.forward(engine.operand(x, in: engine.activations), into: logits, pass))
  }

  func backward(
    _ logitsGradient: Matrix<Float>, _ tape: Tape, into dx: Matrix<Float>?, _ pass: Pass
  ) {
    let (engine, scratch) = (pass.engine, pass.engine.scratch)
    scratch.scope {
      projection.backward(
        engine.operand(logitsGradient, in: scratch), kept: tape.input, into: dx, pass)
    }
  }
}

import Compute
import Layers

/// From the first token of each sequence to logits: dense, tanh, projection, with dropout.
final class ClassificationHead {
  /// Where dropout happens.
  enum DropoutPlaces {
    /// Before the projection.
    case beforeProjection
    /// Before the dense layer and before the projection.
    case beforeBoth
  }

  let dense: Linear
  let projection: Linear
  private let denseSite: DropoutSite?
  private let projectionSite: DropoutSite

  /// - Parameter firstSite: the number of the first dropout site that is free.
  init(
    dense: Linear, projection: Linear, dropout: Float, _ places: DropoutPlaces, firstSite: Int
  ) {
    self.dense = dense
    self.projection = projection
    projectionSite = DropoutSite(firstSite, dropout)
    denseSite = places == .beforeBoth ? DropoutSite(firstSite + 1, dropout) : nil
  }

  /// What the backward pass needs.
  struct Tape {
    fileprivate let pooled: Matrix<Float>
    fileprivate let denseInput: Operand?, projectionInput: Operand?
  }

  var isTraining: Bool { dense.isTraining || projection.isTraining }

  /// x [sequences, hiddenSize] into logits [sequences, labels].
  func forward(_ x: Matrix<Float>, into logits: Matrix<Float>, _ pass: Pass) -> Tape {
    let (engine, arena) = (pass.engine, pass.engine.activations)
    let input = dropped(x, denseSite, pass)
    let pooled = arena.matrix(x.rows, dense.outputSize, of: Float.self)
    let denseInput = dense.forward(engine.operand(input, in: arena), into: pooled, pass)
    engine.tanh(pooled, bias: dense.bias.value)
    let features = dropped(pooled, projectionSite, pass)
    let projectionInput = projection.forward(
      engine.operand(features, in: arena), into: logits, pass)
    engine.addBias(projection.bias.value, to: logits, into: .float32(logits))
    return Tape(pooled: pooled, denseInput: denseInput, projectionInput: projectionInput)
  }

  /// Accumulates gradients; dx [sequences, hiddenSize] receives that of the input, if it is wanted.
  func backward(
    _ logitsGradient: Matrix<Float>, _ tape: Tape, into dx: Matrix<Float>?, _ pass: Pass
  ) {
    let (engine, scratch) = (pass.engine, pass.engine.scratch)
    guard dx != nil || dense.isTraining else {
      scratch.scope {
        let gradient = engine.operand(logitsGradient, in: scratch)
        projection.accumulate(gradient, kept: tape.projectionInput, pass)
      }
      return
    }
    scratch.scope {
      let dy = scratch.matrix(logitsGradient.rows, dense.outputSize, of: Float.self)
      projection.backward(
        engine.operand(logitsGradient, in: scratch), kept: tape.projectionInput, into: dy, pass)
      projectionSite.apply(pass, dy, into: dy)
      engine.tanhBackward(tape.pooled, dy)
      dense.backward(
        engine.operand(dy, in: scratch), kept: tape.denseInput, into: dx, pass)
      if let dx, let denseSite { denseSite.apply(pass, dx, into: dx) }
    }
  }

  private func dropped(
    _ x: Matrix<Float>, _ site: DropoutSite?, _ pass: Pass
  ) -> Matrix<Float> {
    guard let site, pass.dropout != nil else { return x }
    let y = pass.engine.activations.matrix(x.rows, x.columns, of: Float.self)
    site.apply(pass, x, into: y)
    return y
  }
}

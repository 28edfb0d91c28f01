import Compute
import Layers

/// From hidden states to logits in two steps: a dense layer with an activation function, then the projection, with
/// dropout. How BERT's family classifies sequences, by the hidden states of their first tokens.
final class ClassificationHead: Head {
  /// Where dropout happens.
  enum DropoutPlaces {
    /// Before the projection.
    case beforeProjection
    /// Before the dense layer and before the projection.
    case beforeBoth
  }

  /// The function between the two layers.
  enum Activation {
    case tanh, relu
  }

  private let dense: Linear
  private let projection: Linear
  private let activation: Activation
  private let denseSite: DropoutSite?
  private let projectionSite: DropoutSite

  /// - Parameter firstSite: the number of the first dropout site that is free.
  init(
    dense: Linear, _ activation: Activation, projection: Linear, dropout: Float,
    _ places: DropoutPlaces, firstSite: Int
  ) {
    self.dense = dense
    self.activation = activation
    self.projection = projection
    projectionSite = DropoutSite(firstSite, dropout)
    denseSite = places == .beforeBoth ? DropoutSite(firstSite + 1, dropout) : nil
  }

  /// What the backward pass needs.
  struct Tape {
    fileprivate let pooled: Matrix<Float>
    fileprivate let denseInput: Operand?, projectionInput: Operand?
  }

  var linears: [LinearSite] {
    [LinearSite(LinearRole(.pooler), dense), LinearSite(LinearRole(.classifier), projection)]
  }

  var isTraining: Bool { dense.isTraining || projection.isTraining }

  func forward(_ x: Matrix<Float>, into logits: Matrix<Float>, _ pass: Pass) -> Tape {
    let (engine, arena) = (pass.engine, pass.engine.activations)
    let input = dropped(x, denseSite, pass)
    let pooled = arena.matrix(x.rows, dense.outputSize, of: Float.self)
    let denseInput = dense.forward(engine.operand(input, in: arena), into: pooled, pass)
    activate(pooled, engine)
    let features = dropped(pooled, projectionSite, pass)
    let projectionInput = projection.forward(
      engine.operand(features, in: arena), into: logits, pass)
    engine.addBias(projection.addend(engine), to: logits, into: .float32(logits))
    return Tape(pooled: pooled, denseInput: denseInput, projectionInput: projectionInput)
  }

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
      activationBackward(tape.pooled, dy, engine)
      dense.backward(
        engine.operand(dy, in: scratch), kept: tape.denseInput, into: dx, pass)
      if let dx, let denseSite { denseSite.apply(pass, dx, into: dx) }
    }
  }

  /// y = activation(y + bias of the dense layer)
  private func activate(_ y: Matrix<Float>, _ engine: Engine) {
    let bias = dense.addend(engine)
    switch activation {
    case .tanh: engine.tanh(y, bias: bias)
    case .relu: engine.activate(.relu, y, bias: bias, keeping: .float32(y), into: .float32(y))
    }
  }

  /// dy = dy activation'(x), from y = activation(x).
  private func activationBackward(_ y: Matrix<Float>, _ dy: Matrix<Float>, _ engine: Engine) {
    switch activation {
    case .tanh: engine.tanhBackward(y, dy)
    case .relu: for i in 0..<y.count where y.elements[i] <= 0 { dy.elements[i] = 0 }
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

import Compute
import Layers

/// From hidden states to logits by one layer, after dropout: how BERT's family classifies tokens.
final class ProjectionHead: Head {
  private let projection: Linear
  private let site: DropoutSite

  init(projection: Linear, site: DropoutSite) {
    self.projection = projection
    self.site = site
  }

  /// What the learner of the projection keeps of its input.
  struct Tape {
    fileprivate let input: Operand?
  }

  var linears: [LinearSite] { [LinearSite(LinearRole(.classifier), projection)] }

  var isTraining: Bool { projection.isTraining }

  func forward(_ x: Matrix<Float>, into logits: Matrix<Float>, _ pass: Pass) -> Tape {
    let (engine, arena) = (pass.engine, pass.engine.activations)
    var features = x
    if pass.dropout != nil {
      features = arena.matrix(x.rows, x.columns, of: Float.self)
      site.apply(pass, x, into: features)
    }
    let input = projection.forward(engine.operand(features, in: arena), into: logits, pass)
    engine.addBias(projection.addend(engine), to: logits, into: .float32(logits))
    return Tape(input: input)
  }

  func backward(
    _ logitsGradient: Matrix<Float>, _ tape: Tape, into dx: Matrix<Float>?, _ pass: Pass
  ) {
    let (engine, scratch) = (pass.engine, pass.engine.scratch)
    scratch.scope {
      projection.backward(
        engine.operand(logitsGradient, in: scratch), kept: tape.input, into: dx, pass)
      if let dx, pass.dropout != nil { site.apply(pass, dx, into: dx) }
    }
  }
}

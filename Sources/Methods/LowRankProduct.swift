import Compute

/// scaling · B A, what LoRA adds to a weight [out, in].
struct LowRankProduct {
  /// B [out, rank]
  let up: Matrix<Float>
  /// A [rank, in]
  let down: Matrix<Float>
  let scaling: Float

  /// W += scaling · B A.
  func add(to weight: Matrix<Float>, _ engine: Engine) {
    engine.scratch.scope {
      let scaled = engine.scratch.matrix(up.rows, up.columns, of: Float.self)
      scaled.data.update(from: up.data, count: up.count)
      engine.scale(scaled, by: scaling)
      engine.multiply(.nn, scaled, down, into: weight, .add)
    }
  }
}

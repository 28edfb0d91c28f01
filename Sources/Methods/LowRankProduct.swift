import Compute

/// scaling · B A, what LoRA adds to a weight [out, in].
package struct LowRankProduct {
  /// B [out, rank]
  package let up: Matrix<Float>
  /// A [rank, in]
  package let down: Matrix<Float>
  package let scaling: Float

  package init(up: Matrix<Float>, down: Matrix<Float>, scaling: Float) {
    self.up = up
    self.down = down
    self.scaling = scaling
  }

  /// W += scaling · B A.
  package func add(to weight: Matrix<Float>, _ engine: Engine) {
    engine.scratch.scope {
      let scaled = engine.scratch.matrix(up.rows, up.columns, of: Float.self)
      scaled.data.update(from: up.data, count: up.count)
      engine.scale(scaled, by: scaling)
      engine.multiply(.nn, scaled, down, into: weight, .add)
    }
  }
}

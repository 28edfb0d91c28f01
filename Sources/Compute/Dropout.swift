import CKernels

/// Dropout of one forward pass of a run: which elements are dropped is a pure function of the seed, the
/// pass, the layer and the element's place (Philox4x32-10), so masks are computed again instead of stored.
public struct Dropout: Sendable {
  /// The run's seed.
  public let seed: UInt64
  /// Counts forward passes of the run.
  public let pass: UInt32

  /// The dropout of pass number `pass`.
  public init(seed: UInt64, pass: UInt32) {
    self.seed = seed
    self.pass = pass
  }
}

extension Dropout? {
  /// The kernel's form for layer `site`, with `probability` of dropping. Without dropout nothing is dropped.
  func kernel(_ site: Int, _ probability: Float) -> ck_dropout {
    guard let self, probability > 0 else {
      return ck_dropout(seed: 0, pass: 0, site: 0, threshold: 0, scale: 1)
    }
    let share = min(Double(probability), 1)
    return ck_dropout(
      seed: self.seed, pass: self.pass, site: UInt32(truncatingIfNeeded: site),
      threshold: UInt32(share * 4_294_967_295), scale: share < 1 ? Float(1 / (1 - share)) : 0)
  }
}

extension Engine {
  /// y = x with elements dropped and the others scaled by 1 / (1 - probability).
  package func dropout(
    _ x: Matrix<Float>, into y: Matrix<Float>, _ dropout: Dropout?, site: Int, probability: Float
  ) {
    var kernel = dropout.kernel(site, probability)
    parallel(x.rows, grain: rowGrain(x.columns)) {
      kernels.dropout_rows(x.data, y.data, x.columns, $0.lowerBound, $0.upperBound, &kernel)
    }
  }
}

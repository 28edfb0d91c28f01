import Compute

/// A support that is chosen before the first gradient, and stays.
enum FixedSupport {
  /// All candidates.
  case all
  /// A sample of them.
  case sample(RandomStream)

  /// Nil if gradients choose the support.
  /// - Parameters:
  ///   - seed: draws a sample.
  ///   - layer: so that each layer has a sample of its own.
  init?(_ selection: SparseGradSettings.Selection, seed: UInt64, layer: Int) {
    switch selection {
    case .core: self = .all
    case .random: self = .sample(RandomStream(seed: seed, purpose: .support, index: layer))
    case .dynamic, .periodic: return nil
    }
  }

  /// Fills a support with indices below `bound`, ascending, each at most once. Of a sample, every set is equally probable
  /// (Floyd's algorithm; Bentley and Floyd, 1987, "A sample of brilliance").
  func choose(_ support: UnsafeMutableBufferPointer<UInt32>, below bound: Int) {
    switch self {
    case .all: for i in support.indices { support[i] = UInt32(i) }
    case .sample(var random):
      var isChosen = [Bool](repeating: false, count: bound)
      for last in (bound - support.count)..<bound {
        let drawn = Int.random(in: 0...last, using: &random)
        isChosen[isChosen[drawn] ? last : drawn] = true
      }
      for (place, index) in isChosen.indices.lazy.filter({ isChosen[$0] }).enumerated() {
        support[place] = UInt32(index)
      }
    }
  }
}

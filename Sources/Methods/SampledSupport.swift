import Compute

/// A support that is drawn before the first gradient, and stays.
struct SampledSupport {
  private let random: RandomStream

  /// Nil if gradients choose the support.
  /// - Parameters:
  ///   - seed: draws the sample.
  ///   - layer: so that each layer has a sample of its own.
  init?(_ selection: SparseGradSettings.Selection, seed: UInt64, layer: Int) {
    guard case .random = selection else { return nil }
    random = RandomStream(seed: seed, purpose: .support, index: layer)
  }

  /// Fills a support with indices below `bound`, ascending, each at most once; every set is equally probable
  /// (Floyd's algorithm; Bentley and Floyd, 1987, "A sample of brilliance").
  func choose(_ support: UnsafeMutableBufferPointer<UInt32>, below bound: Int) {
    var random = random
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

import Compute
import Foundation

/// How long the sequences of a benchmark are.
public enum LengthDistribution: Hashable, Sendable {
  /// Normal, with a third of the mean as standard deviation.
  case normal(mean: Double)
  /// All the same.
  case fixed(Int)
  /// As often as in this list; it is not empty.
  case observed([Int])
  /// These, one after another, and from the start again when they run out; the list is not empty.
  case listed([Int])

  /// Whether sequences are to stay in the order of their lengths here.
  var isOrdered: Bool {
    if case .listed = self { true } else { false }
  }
}

/// Lengths of a distribution, one after another.
struct LengthSequence {
  /// Sequences shorter than this are hardly text.
  static let minimum = 8
  /// Longer ones are no text of any model's.
  static let maximum = 1_000_000

  private let distribution: LengthDistribution
  private let maximum: Int
  private var random: RandomStream
  private var taken = 0

  /// - Parameter maximum: no length is above it.
  init(_ distribution: LengthDistribution, maximum: Int, seed: UInt64) {
    self.distribution = distribution
    self.maximum = maximum
    random = RandomStream(seed: seed, purpose: .shuffling, index: 0)
  }

  mutating func next() -> Int {
    defer { taken += 1 }
    switch distribution {
    case .fixed(let length): return min(length, maximum)
    case .observed(let lengths):
      return min(lengths.randomElement(using: &random) ?? maximum, maximum)
    case .listed(let lengths): return min(lengths[taken % lengths.count], maximum)
    case .normal(let mean):
      let length = (mean + mean / 3 * Double(random.normal())).rounded()
      return min(max(Int(length), Self.minimum), maximum)
    }
  }
}

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

  /// Sequences shorter than this are hardly text.
  static let minimum = 8

  /// Draws a length; none is above `maximum`.
  func draw(maximum: Int, using random: inout RandomStream) -> Int {
    switch self {
    case .fixed(let length): return min(length, maximum)
    case .observed(let lengths):
      return min(lengths.randomElement(using: &random) ?? maximum, maximum)
    case .normal(let mean):
      let length = (mean + mean / 3 * Double(random.normal())).rounded()
      return min(max(Int(length), Self.minimum), maximum)
    }
  }
}

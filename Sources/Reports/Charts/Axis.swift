import Foundation

/// The scale of an axis: a range of numbers, and marks at round ones.
struct Axis {
  private let range: ClosedRange<Double>
  /// Whether equal distances are equal ratios.
  let isLogarithmic: Bool

  /// An axis on which all finite values have a place; nil without such values.
  /// - Parameters:
  ///   - isLogarithmic: is wanted; only axes of positive numbers are.
  ///   - includesZero: whether the axis begins, or ends, at zero.
  init?(_ values: some Sequence<Double>, isLogarithmic: Bool = false, includesZero: Bool = false) {
    let finite = values.filter { abs($0) < 1e300 }
    guard let least = finite.min(), let greatest = finite.max() else { return nil }
    self.isLogarithmic = isLogarithmic && least > 0
    var (low, high) = self.isLogarithmic ? (log10(least), log10(greatest)) : (least, greatest)
    if includesZero && !self.isLogarithmic { (low, high) = (min(low, 0), max(high, 0)) }
    if high - low <= max(abs(high), abs(low)) * 1e-9 {
      let margin = self.isLogarithmic ? 0.5 : max(abs(low) * 0.1, 1e-9)
      (low, high) = (low - (includesZero && low == 0 ? 0 : margin), high + margin)
    }
    range = low...high
  }

  /// Where a value is, from 0 to 1; nil when it is not on the axis.
  func place(of value: Double) -> Double? {
    let scaled = isLogarithmic ? log10(value) : value
    guard scaled.isFinite, abs(scaled) < 1e300 else { return nil }
    let place = (scaled - range.lowerBound) / (range.upperBound - range.lowerBound)
    return -0.001...1.001 ~= place ? min(1, max(0, place)) : nil
  }

  /// Round numbers on the axis, about as many as wanted.
  func marks(_ wanted: Int) -> [Double] {
    if isLogarithmic {
      let powers = (Int(range.lowerBound.rounded(.down))...Int(range.upperBound.rounded(.up)))
      let factors: [Double] = range.upperBound - range.lowerBound < 2 ? [1, 2, 5] : [1]
      let marks = powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
      return marks.filter { range.contains(log10($0)) }
    }
    let rough = (range.upperBound - range.lowerBound) / Double(max(1, wanted))
    let power = pow(10, log10(rough).rounded(.down))
    let factors: [Double] = [1, 2, 5]
    let step = power * (factors.first { $0 * power >= rough * 0.999 } ?? 10)
    let first = (range.lowerBound / step - 1e-6).rounded(.up)
    let end = range.upperBound + step * 1e-6
    let marks = (0...50).map { (first + Double($0)) * step }
    return marks.filter { $0 <= end }.map { abs($0) < step * 1e-6 ? 0 : $0 }
  }

  /// How a mark is written.
  static func text(_ value: Double) -> String {
    let magnitude = abs(value)
    if magnitude >= 1e9 { return "\((value / 1e9).short) G" }
    if magnitude >= 1e6 { return "\((value / 1e6).short) M" }
    if magnitude >= 1e4 { return "\((value / 1e3).short) k" }
    return String(format: "%.4g", value)
  }
}

import Foundation

extension Double {
  /// So many digits after the point.
  package func fixed(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }

  /// At most six digits.
  package var short: String { String(format: "%g", self) }
}

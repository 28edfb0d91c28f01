/// A JSON number, as the text that stands in the file: `1e-12` and `1.0` stay floats, `12` an
/// integer.
///
/// Beside JSON's own grammar it may be `NaN`, `Infinity` or `-Infinity`, which Python reads and
/// writes.
public struct JSONNumber: Hashable, Sendable {
  /// The number as written.
  public let text: String

  /// A number whose text has been checked.
  package init(text: String) {
    self.text = text
  }

  /// An integer.
  public init(_ value: Int) {
    text = String(value)
  }

  /// A floating-point number, in the shortest text that reads back the same.
  public init(_ value: Double) {
    text =
      value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
  }

  /// The value of an integer that fits; nil for `1.0`, `1e3` and whatever is too large.
  public var integer: Int? { Int(text) }

  /// The nearest floating-point value.
  public var double: Double { Double(text) ?? .nan }
}

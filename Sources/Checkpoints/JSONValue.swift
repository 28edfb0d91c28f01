/// A JSON document, kept so that writing it back loses nothing: objects keep the order of their
/// keys, numbers keep their text (`1e-12` and `1.0` stay floats, `12` an integer).
public enum JSONValue: Hashable, Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// Any number.
  case number(JSONNumber)
  /// Text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// A map from text.
  case object(JSONObject)
}

/// A JSON number, as the text that stands in the file.
///
/// Beside JSON's own grammar it may be `NaN`, `Infinity` or `-Infinity`, which Python reads and
/// writes.
public struct JSONNumber: Hashable, Sendable {
  /// The number as written.
  public let text: String

  init(text: String) {
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

/// The pairs of a JSON object in the order of the file.
public struct JSONObject: Hashable, Sendable {
  /// The keys, in order; each stands once.
  public private(set) var keys: [String] = []
  private var values: [String: JSONValue] = [:]

  /// An object without pairs.
  public init() {}

  /// The value of a key. A new key goes to the end; setting nil removes the key.
  public subscript(key: String) -> JSONValue? {
    get { values[key] }
    set {
      if newValue == nil {
        keys.removeAll { $0 == key }
      } else if values[key] == nil {
        keys.append(key)
      }
      values[key] = newValue
    }
  }
}

extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// `true` or `false`
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  /// A floating-point number.
  public init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
  /// Text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// A map; of a key that stands twice, the last value counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}

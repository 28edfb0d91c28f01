/// A JSON document (RFC 8259), kept so that writing it back loses nothing: objects keep the order
/// of their keys, numbers keep their text.
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

/// The members of a JSON object in the order of the file.
///
/// Keys are the same only if their UTF-8 is. A dictionary of `String` takes canonically equivalent
/// keys for one, and a vocabulary may hold both `é` and `e` with an accent.
public struct JSONObject: Hashable, Sendable {
  /// A key with its value.
  public struct Member: Hashable, Sendable {
    /// Stands once in its object.
    public let key: String
    /// What the key maps to.
    public fileprivate(set) var value: JSONValue
  }

  /// The members, in order.
  public private(set) var members: [Member] = []
  /// Where in `members` a key is.
  private var places: [UTF8Key: Int] = [:]

  /// An object without members.
  public init() {}

  /// The keys, in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of a key. A new key goes to the end; setting nil removes the key.
  public subscript(key: String) -> JSONValue? {
    get { places[UTF8Key(text: key)].map { members[$0].value } }
    set {
      switch (places[UTF8Key(text: key)], newValue) {
      case (let place?, let value?):
        members[place].value = value
      case (nil, let value?):
        places[UTF8Key(text: key)] = members.count
        members.append(Member(key: key, value: value))
      case (let place?, nil):
        members.remove(at: place)
        places[UTF8Key(text: key)] = nil
        for later in place..<members.count { places[UTF8Key(text: members[later].key)] = later }
      case (nil, nil):
        break
      }
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

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Members in this order; of a key that stands twice, the last value counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init()
    for (key, value) in elements { self[key] = value }
  }
}

/// A text that equals another only if their bytes are the same.
private struct UTF8Key: Hashable {
  let text: String

  static func == (left: UTF8Key, right: UTF8Key) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

import Foundation
import Support

/// A JSON file that holds an object, such as `config.json`: typed access whose errors name the file
/// and the key, and writing back without loss of what this package does not know.
///
/// A key whose value is `null` counts as absent.
public struct ConfigurationFile: Sendable {
  /// The file, for messages.
  public let url: URL
  /// Everything in the file.
  public var object: JSONObject

  /// Reads a file.
  /// - Throws: `InputError` when it cannot be read, is not JSON, or holds no object.
  public init(_ url: URL) throws {
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: url))
    } catch CocoaError.fileReadNoSuchFile {
      throw InputError(url.path, "no such file")
    } catch {
      throw InputError(url.path, "cannot be read: \(error.localizedDescription)")
    }
    do {
      guard case .object(let object) = try JSONParser.parse(bytes) else {
        throw InputError(url.path, "expected a JSON object")
      }
      self.init(object, at: url)
    } catch let error as JSONSyntaxError {
      let line = bytes[..<error.offset].count { $0 == UInt8(ascii: "\n") } + 1
      throw InputError(url.path, at: "line \(line)", "not JSON: \(error.problem)")
    }
  }

  /// An object that is not in a file yet, or is to be written elsewhere.
  public init(_ object: JSONObject, at url: URL) {
    self.url = url
    self.object = object
  }

  /// The value of a key as it stands.
  public subscript(key: String) -> JSONValue? {
    get { object[key] }
    set { object[key] = newValue }
  }

  /// Writes the object as `transformers` does: indented, its keys sorted.
  /// - Throws: `InputError` when the file cannot be written.
  public func write(to url: URL) throws {
    var sorted = JSONObject()
    for key in object.keys.sorted() { sorted[key] = object[key] }
    try AtomicOutput.write(Data((JSONValue.object(sorted).text(.indented) + "\n").utf8), to: url)
  }

  // MARK: Typed access

  /// An integer.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func integer(_ key: String) throws -> Int { try required(key, integerIfPresent) }

  /// An integer, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func integerIfPresent(_ key: String) throws -> Int? {
    try value(key, "an integer") {
      if case .number(let number) = $0 { number.integer } else { nil }
    }
  }

  /// A number, integer or not.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func number(_ key: String) throws -> Double { try required(key, numberIfPresent) }

  /// A number, integer or not, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func numberIfPresent(_ key: String) throws -> Double? {
    try value(key, "a number") { if case .number(let number) = $0 { number.double } else { nil } }
  }

  /// A text.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func string(_ key: String) throws -> String { try required(key, stringIfPresent) }

  /// A text, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func stringIfPresent(_ key: String) throws -> String? {
    try value(key, "a text") { if case .string(let string) = $0 { string } else { nil } }
  }

  /// `true` or `false`.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func bool(_ key: String) throws -> Bool { try required(key, boolIfPresent) }

  /// `true` or `false`, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func boolIfPresent(_ key: String) throws -> Bool? {
    try value(key, "true or false") { if case .bool(let bool) = $0 { bool } else { nil } }
  }

  /// A list.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func array(_ key: String) throws -> [JSONValue] { try required(key, arrayIfPresent) }

  /// A list, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func arrayIfPresent(_ key: String) throws -> [JSONValue]? {
    try value(key, "a list") { if case .array(let array) = $0 { array } else { nil } }
  }

  /// A map such as `weight_map` or `id2label`.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func object(_ key: String) throws -> JSONObject { try required(key, objectIfPresent) }

  /// A map such as `id2label`, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func objectIfPresent(_ key: String) throws -> JSONObject? {
    try value(key, "an object") { if case .object(let object) = $0 { object } else { nil } }
  }

  /// The error for a key whose value cannot be used, with what was expected instead.
  public func error(_ key: String, expected: String) -> InputError {
    let found = object[key].map { "is \(abbreviated($0.text(.compact)))" } ?? "is missing"
    return InputError(url.path, at: "key \"\(key)\"", "\(found), expected \(expected)")
  }

  private func value<Value>(
    _ key: String, _ expected: String, _ convert: (JSONValue) -> Value?
  ) throws -> Value? {
    guard let found = object[key], found != .null else { return nil }
    guard let value = convert(found) else { throw error(key, expected: expected) }
    return value
  }

  private func required<Value>(_ key: String, _ find: (String) throws -> Value?) throws -> Value {
    guard let value = try find(key) else {
      throw InputError(url.path, at: "key \"\(key)\"", "is missing")
    }
    return value
  }
}

private func abbreviated(_ text: String) -> String {
  text.count > 60 ? text.prefix(60) + "..." : text
}

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
    guard case .object(let object) = try JSONField(contentsOf: url).value else {
      throw InputError(url.path, "expected a JSON object")
    }
    self.init(object, at: url)
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
  public func integer(_ key: String) throws -> Int { try root.required(key).integer() }

  /// An integer, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func integerIfPresent(_ key: String) throws -> Int? { try root.optional(key)?.integer() }

  /// A number, integer or not.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func number(_ key: String) throws -> Double { try root.required(key).number() }

  /// A number, integer or not, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func numberIfPresent(_ key: String) throws -> Double? { try root.optional(key)?.number() }

  /// A text.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func string(_ key: String) throws -> String { try root.required(key).string() }

  /// A text, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func stringIfPresent(_ key: String) throws -> String? { try root.optional(key)?.string() }

  /// `true` or `false`.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func bool(_ key: String) throws -> Bool { try root.required(key).bool() }

  /// `true` or `false`, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func boolIfPresent(_ key: String) throws -> Bool? { try root.optional(key)?.bool() }

  /// A list.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func array(_ key: String) throws -> [JSONValue] { try root.required(key).array() }

  /// A list, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func arrayIfPresent(_ key: String) throws -> [JSONValue]? {
    try root.optional(key)?.array()
  }

  /// A map such as `id2label`.
  /// - Throws: `InputError` when the key is absent or holds something else.
  public func object(_ key: String) throws -> JSONObject { try root.required(key).object() }

  /// A map such as `id2label`, or nil when the key is absent.
  /// - Throws: `InputError` when the key holds something else.
  public func objectIfPresent(_ key: String) throws -> JSONObject? {
    try root.optional(key)?.object()
  }

  /// The error for a key whose value cannot be used, with what was expected instead.
  public func error(_ key: String, expected: String) -> InputError {
    let field = JSONField(file: url.path, path: key, value: object[key] ?? .null)
    return object[key] == nil
      ? field.error("is missing, expected \(expected)") : field.error(expected: expected)
  }

  private var root: JSONField { JSONField(file: url.path, value: .object(object)) }
}

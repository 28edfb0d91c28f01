import Foundation
import Support

/// A value of a JSON file together with where it is, so that every complaint can name it.
struct JSONField {
  let file: String
  /// Key path, like `normalizer.normalizers[1].type`; empty for the whole document.
  let path: String
  let value: JSONValue

  /// - Throws: `InputError` if the file cannot be read or is not JSON in UTF-8.
  init(contentsOf url: URL) throws {
    file = url.path
    path = ""
    let text = try TextFile.read(url)
    do {
      value = try JSONParser.parse(Array(text.utf8))
    } catch let failure as JSONParser.Failure {
      let line = text.utf8.prefix(failure.byte).count { $0 == UInt8(ascii: "\n") } + 1
      throw InputError(
        url.path, at: "line \(line), byte \(failure.byte)", "is not JSON: \(failure.problem)")
    }
  }

  private init(file: String, path: String, value: JSONValue) {
    self.file = file
    self.path = path
    self.value = value
  }

  /// The complaint that this value `problem`, like "is not a string".
  func error(_ problem: String) -> InputError {
    InputError(file, at: path.isEmpty ? nil : "key \"\(path)\"", problem)
  }

  /// The member `key`; nil if it is missing or null.
  func optional(_ key: String) throws -> JSONField? {
    let last = try members().last { $0.key == key }
    if case .null? = last?.field.value { return nil }
    return last?.field
  }

  /// The member `key`, which must be there and not null.
  func required(_ key: String) throws -> JSONField {
    if let field = try optional(key) { return field }
    throw InputError(file, at: "key \"\(child(key))\"", "is missing")
  }

  func members() throws -> [(key: String, field: JSONField)] {
    guard case .object(let members) = value else { throw error("is not an object") }
    return members.map {
      ($0.key, JSONField(file: file, path: child($0.key), value: $0.value))
    }
  }

  func elements() throws -> [JSONField] {
    guard case .array(let elements) = value else { throw error("is not an array") }
    return elements.enumerated().map {
      JSONField(file: file, path: "\(path)[\($0.offset)]", value: $0.element)
    }
  }

  func string() throws -> String {
    guard case .string(let string) = value else { throw error("is not a string") }
    return string
  }

  func bool() throws -> Bool {
    guard case .bool(let bool) = value else { throw error("is not true or false") }
    return bool
  }

  /// A whole number from 0 to 2 147 483 646: a token id, a length, a count.
  func natural() throws -> Int32 {
    guard case .integer(let integer) = value, (0..<Int(Int32.max)).contains(integer) else {
      throw error("is not a whole number from 0 to \(Int32.max - 1)")
    }
    return Int32(integer)
  }

  /// A string that is the raw value of one case.
  func oneOf<Choice: RawRepresentable & CaseIterable>(_ choices: Choice.Type) throws -> Choice
  where Choice.RawValue == String {
    let name = try string()
    if let choice = Choice(rawValue: name) { return choice }
    let supported = choices.allCases.map(\.rawValue).joined(separator: ", ")
    throw error("\"\(name)\" is not supported; supported: \(supported)")
  }

  private func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

import Foundation

/// A value of a JSON file together with where it is, so that every complaint can name it.
package struct JSONField: Sendable {
  /// The file, for messages.
  package let file: String
  /// Key path, like `normalizer.normalizers[1].type`; empty for the whole document.
  package let path: String
  /// What stands there.
  package let value: JSONValue
  /// The line, where each line of the file is a document of its own.
  package let line: Int?

  /// Reads a file.
  /// - Throws: `InputError` if it cannot be read, or naming the line where it stops being JSON.
  package init(contentsOf url: URL) throws {
    let bytes = try InputFile.textBytes(of: url)
    file = url.path
    path = ""
    line = nil
    do {
      value = try JSONParser.parse(bytes)
    } catch {
      guard String(validating: bytes, as: UTF8.self) != nil else {
        throw InputError(url.path, "is not text in UTF-8, expected JSON")
      }
      let line = bytes[..<error.offset].count { $0 == UInt8(ascii: "\n") } + 1
      throw InputError(url.path, at: "line \(line)", "not JSON: \(error.problem)")
    }
  }

  /// A value that is, or will be, in a file.
  package init(file: String, path: String = "", value: JSONValue, line: Int? = nil) {
    self.line = line
    self.file = file
    self.path = path
    self.value = value
  }

  // MARK: Members and elements

  /// The member `key`; nil if it is missing or null.
  /// - Throws: `InputError` if this is not an object.
  package func optional(_ key: String) throws -> JSONField? {
    guard let value = try object()[key], value != .null else { return nil }
    return child(key, value)
  }

  /// The member `key`.
  /// - Throws: `InputError` if it is missing or null, or this is not an object.
  package func required(_ key: String) throws -> JSONField {
    if let field = try optional(key) { return field }
    throw child(key, .null).error("is missing")
  }

  /// The members of an object, in order, each with its place.
  /// - Throws: `InputError` if this is not an object.
  package func members() throws -> [(key: String, field: JSONField)] {
    try object().members.map { ($0.key, child($0.key, $0.value)) }
  }

  /// The elements of a list, in order, each with its place.
  /// - Throws: `InputError` if this is not a list.
  package func elements() throws -> [JSONField] {
    try array().enumerated().map {
      JSONField(file: file, path: "\(path)[\($0.offset)]", value: $0.element, line: line)
    }
  }

  private func child(_ key: String, _ value: JSONValue) -> JSONField {
    JSONField(file: file, path: path.isEmpty ? key : "\(path).\(key)", value: value, line: line)
  }

  // MARK: Values; each throws an `InputError` if something else stands there

  /// A map.
  package func object() throws -> JSONObject {
    guard case .object(let object) = value else { throw error(expected: "an object") }
    return object
  }

  /// A list.
  package func array() throws -> [JSONValue] {
    guard case .array(let array) = value else { throw error(expected: "a list") }
    return array
  }

  /// A text.
  package func string() throws -> String {
    guard case .string(let string) = value else { throw error(expected: "a text") }
    return string
  }

  /// `true` or `false`.
  package func bool() throws -> Bool {
    guard case .bool(let bool) = value else { throw error(expected: "true or false") }
    return bool
  }

  /// A number, integer or not.
  package func number() throws -> Double {
    guard case .number(let number) = value else { throw error(expected: "a number") }
    return number.double
  }

  /// An integer, written without fraction and exponent.
  package func integer() throws -> Int {
    guard case .number(let number) = value, let integer = number.integer else {
      throw error(expected: "an integer")
    }
    return integer
  }

  /// A whole number from 0 to 2 147 483 646: a token id, a length, a count.
  package func natural() throws -> Int32 {
    guard case .number(let number) = value, let natural = Int32(number.text),
      (0..<Int32.max).contains(natural)
    else { throw error(expected: "a whole number from 0 to \(Int32.max - 1)") }
    return natural
  }

  /// A text that is the raw value of one case.
  package func oneOf<Choice: RawRepresentable & CaseIterable>(_ choices: Choice.Type) throws
    -> Choice
  where Choice.RawValue == String {
    let name = try string()
    if let choice = Choice(rawValue: name) { return choice }
    let supported = choices.allCases.map(\.rawValue).joined(separator: ", ")
    throw error("\"\(name)\" is not supported; supported: \(supported)")
  }

  // MARK: Complaints

  /// The complaint that this value `problem`, like "is empty".
  package func error(_ problem: String) -> InputError {
    let places = [line.map { "line \($0)" }, path.isEmpty ? nil : "key \"\(path)\""]
    return InputError(
      file, at: places.compactMap { $0 }.joined(separator: ", ").nilIfEmpty, problem)
  }

  /// The complaint that this value is something else than what was expected.
  package func error(expected: String) -> InputError {
    error("is \(abbreviated(value.text(.compact))), expected \(expected)")
  }
}

extension String {
  fileprivate var nilIfEmpty: String? { isEmpty ? nil : self }
}

private func abbreviated(_ text: String) -> String {
  text.count > 60 ? text.prefix(60) + "..." : text
}

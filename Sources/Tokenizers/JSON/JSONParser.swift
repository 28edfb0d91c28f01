/// Parses UTF-8 bytes into a `JSONValue`.
struct JSONParser {
  /// What is wrong with the document, and where.
  struct Failure: Error {
    /// Counted from 0.
    let byte: Int
    let problem: String
  }

  private static let deepest = 128
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// - Throws: `Failure`.
  static func parse(_ bytes: [UInt8]) throws -> JSONValue {
    var parser = JSONParser(bytes)
    let value = try parser.value()
    parser.skipWhitespace()
    guard parser.next == nil else { throw parser.failure("expected the end of the file") }
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func failure(_ problem: String) -> Failure { Failure(byte: position, problem: problem) }

  private mutating func skipWhitespace() {
    while let byte = next, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { position += 1 }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard skip(character) else { throw failure("expected \"\(character)\"") }
  }

  private mutating func value() throws -> JSONValue {
    skipWhitespace()
    switch next {
    case UInt8(ascii: "{"): return try nested { try $0.object() }
    case UInt8(ascii: "["): return try nested { try $0.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws -> JSONValue
  ) throws -> JSONValue {
    guard depth < Self.deepest else { throw failure("nested more than \(Self.deepest) deep") }
    depth += 1
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  private mutating func object() throws -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    try list(until: "}") { parser in
      parser.skipWhitespace()
      let key = try parser.string()
      parser.skipWhitespace()
      try parser.expect(":")
      members.append((key, try parser.value()))
    }
    return .object(members)
  }

  private mutating func array() throws -> JSONValue {
    var elements: [JSONValue] = []
    try list(until: "]") { elements.append(try $0.value()) }
    return .array(elements)
  }

  private mutating func list(
    until end: Unicode.Scalar, _ element: (inout JSONParser) throws -> Void
  ) throws {
    skipWhitespace()
    if skip(end) { return }
    repeat {
      try element(&self)
      skipWhitespace()
    } while skip(",")
    try expect(end)
  }

  private mutating func literal(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
    let expected = Array(word.description.utf8)
    guard bytes[position...].starts(with: expected) else { throw failure("expected \(word)") }
    position += expected.count
    return value
  }

  /// Lets through what Swift reads beyond RFC 8259, like leading zeros.
  private mutating func number() throws -> JSONValue {
    let isPart = { (byte: UInt8) in (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) }
    let text = String(decoding: bytes[position...].prefix(while: isPart), as: UTF8.self)
    guard let number = Double(text) else { throw failure("expected a value") }
    position += text.utf8.count
    return Int(text).map(JSONValue.integer) ?? .number(number)
  }

  private mutating func string() throws -> String {
    try expect("\"")
    var text: [UInt8] = []
    while let byte = next, byte >= 0x20 {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escaped().utf8
      default: text.append(byte)
      }
    }
    throw failure(next == nil ? "the file ends inside a string" : "a control character in a string")
  }

  private mutating func escaped() throws -> String {
    guard let byte = next else { throw failure("the file ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(Unicode.Scalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("no such escape in a string")
    }
  }

  private mutating func unicodeEscape() throws -> String {
    var value = try hexadecimal()
    if (0xD800..<0xDC00).contains(value), skip("\\"), skip("u") {
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw halfPair }
      value = 0x10000 + (value - 0xD800) * 0x400 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw halfPair }
    return String(scalar)
  }

  private var halfPair: Failure { failure("half a surrogate pair in a string") }

  private mutating func hexadecimal() throws -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4,
      digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("expected four hexadecimal digits") }
    position += 4
    return unit
  }
}

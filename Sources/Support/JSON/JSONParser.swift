/// Where a text stops being JSON, and why.
package struct JSONSyntaxError: Error {
  /// The position in bytes from the start.
  package let offset: Int
  /// What is wrong there, such as "expected a value".
  package let problem: String
}

/// Reads JSON (RFC 8259) strictly: UTF-8 only, no key twice in an object, nothing after the value.
///
/// Foundation's readers forget which of `1` and `1.0` stood in the file, let a key stand twice and
/// take canonically equivalent keys for one; a safetensors header that names a tensor twice must be
/// refused, and both spellings of `é` kept in a vocabulary.
package struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0

  /// Deeper nesting is refused rather than allowed to exhaust the stack.
  private static let maximumDepth = 128

  /// - Throws: where and why the text is not JSON.
  package static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else {
      throw parser.error("expected nothing after the value")
    }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    guard depth <= Self.maximumDepth else {
      throw error("nested deeper than \(Self.maximumDepth) levels")
    }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    default: return try word()
    }
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONObject {
    var object = JSONObject()
    try list(until: "}") { parser throws(JSONSyntaxError) in
      let start = parser.position
      guard parser.peek == UInt8(ascii: "\"") else { throw parser.error("expected a key") }
      let key = try parser.string()
      guard object[key] == nil else {
        throw JSONSyntaxError(offset: start, problem: "key \"\(key)\" stands twice")
      }
      parser.skipSpace()
      guard parser.take(":") else { throw parser.error("expected \":\"") }
      object[key] = try parser.value(depth: depth + 1)
    }
    return object
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> [JSONValue] {
    var array: [JSONValue] = []
    try list(until: "]") { parser throws(JSONSyntaxError) in
      array.append(try parser.value(depth: depth + 1))
    }
    return array
  }

  /// Reads what stands between brackets, separated by commas.
  private mutating func list(
    until end: Unicode.Scalar, _ element: (inout JSONParser) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) {
    position += 1
    skipSpace()
    if take(end) { return }
    while true {
      skipSpace()
      try element(&self)
      skipSpace()
      if take(end) { return }
      guard take(",") else { throw error("expected \",\" or \"\(end)\"") }
    }
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    var text = ""
    /// Where the bytes begin that stand for themselves and are not in `text` yet.
    var start = position
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        text += try plain(from: start)
        position += 1
        return text
      case UInt8(ascii: "\\"):
        text += try plain(from: start)
        text.unicodeScalars.append(try escape())
        start = position
      case 0..<0x20:
        throw error("a control character in a text must be escaped")
      default:
        position += 1
      }
    }
    throw error("the text has no end")
  }

  private func plain(from start: Int) throws(JSONSyntaxError) -> String {
    guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
      throw error("the text before is not UTF-8")
    }
    return text
  }

  private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
    position += 1
    guard let byte = peek else { throw error("the text has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try codePoint()
    default: throw error("unknown escape")
    }
  }

  /// The code point after `\u`: four hexadecimal digits, or a surrogate pair of two such escapes.
  private mutating func codePoint() throws(JSONSyntaxError) -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard take("\\"), take("u"),
      let pair = String(validating: [first, try codeUnit()], as: UTF16.self),
      let scalar = pair.unicodeScalars.first
    else { throw error("half a surrogate pair") }
    return scalar
  }

  private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
    let end = position + 4
    guard end <= bytes.count, bytes[position..<end].allSatisfy({ isHexDigit($0) }),
      let unit = UInt16(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits") }
    position = end
    return unit
  }

  /// A number or a literal name.
  private mutating func word() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    while let byte = peek, isWordByte(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isNumber(bytes[start..<position]) { return .number(JSONNumber(text: text)) }
    switch text {
    case "NaN", "Infinity", "-Infinity": return .number(JSONNumber(text: text))
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: throw JSONSyntaxError(offset: start, problem: "expected a value")
    }
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  private func error(_ problem: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: position, problem: problem)
  }
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
private func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
  var rest = text
  func digits() -> Int {
    let count = rest.prefix { isDigit($0) }.count
    rest = rest.dropFirst(count)
    return count
  }
  func skip(_ characters: StaticString) -> Bool {
    guard let first = rest.first,
      characters.withUTF8Buffer({ $0.contains(first) })
    else { return false }
    rest = rest.dropFirst()
    return true
  }
  _ = skip("-")
  let zero = rest.first == UInt8(ascii: "0")
  let whole = digits()
  guard whole > 0, !zero || whole == 1 else { return false }
  if skip("."), digits() == 0 { return false }
  if skip("eE") {
    _ = skip("+-")
    if digits() == 0 { return false }
  }
  return rest.isEmpty
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

private func isHexDigit(_ byte: UInt8) -> Bool {
  isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
}

private func isWordByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
  default: isDigit(byte) || isLetter(byte)
  }
}

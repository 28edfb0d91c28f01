/// Reads the tokens inside a tag.
struct TemplateTokenScanner {
  private let source: [Unicode.Scalar]
  private(set) var place: Int
  private(set) var line: Int

  init(_ source: [Unicode.Scalar], place: Int, line: Int) {
    self.source = source
    self.place = place
    self.line = line
  }

  func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    place + offset < source.count ? source[place + offset] : nil
  }

  private func problem(_ message: String) -> TemplateProblem {
    TemplateProblem(line: line, message: message)
  }

  mutating func skipSpace() {
    while let scalar = peek(), PythonText.isSpace(scalar) {
      if scalar == "\n" { line += 1 }
      place += 1
    }
  }

  /// - Throws: `TemplateProblem` where no token begins.
  mutating func token() throws -> TemplateToken {
    let begun = line
    guard let first = peek() else { throw problem("a tag is not closed") }
    return TemplateToken(kind: try kind(first), line: begun)
  }

  private mutating func kind(_ first: Unicode.Scalar) throws -> TemplateToken.Kind {
    if first == "_" || first.properties.isXIDStart {
      return .name(take { $0.properties.isXIDContinue })
    }
    if "0"..."9" ~= first { return try number() }
    if first == "'" || first == "\"" { return .text(try text(first)) }
    for length in [2, 1] where place + length <= source.count {
      let sign = PythonText.text(source[place..<place + length])
      if Self.signs.contains(sign) {
        place += length
        return .sign(sign)
      }
    }
    throw problem("\(PythonText.quoted(String(first))) is not expected here")
  }

  private static let signs: Set<String> = [
    "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[",
    "]", "{", "}", ",", ":", ".", "|",
  ]

  private mutating func take(_ belongs: (Unicode.Scalar) -> Bool) -> String {
    let start = place
    while let scalar = peek(), belongs(scalar) { place += 1 }
    return PythonText.text(source[start..<place])
  }

  // MARK: Numbers

  private mutating func number() throws -> TemplateToken.Kind {
    if peek() == "0", let radix = radix(of: peek(1)) {
      let start = place
      place += 2
      let digits = take { $0 == "_" || $0.properties.isASCIIHexDigit }
      guard let value = PythonNumber.integer(digits, radix: radix) else {
        throw problem(
          "the number \(PythonText.text(source[start..<place])) is malformed or too large")
      }
      return .integer(value)
    }
    var text = digits()
    var isWhole = true
    if peek() == ".", isDigit(peek(1)) {
      isWhole = false
      place += 1
      text += "." + digits()
    }
    if peek() == "e" || peek() == "E" {
      let isSigned = peek(1) == "-" || peek(1) == "+"
      if isDigit(peek(isSigned ? 2 : 1)) {
        isWhole = false
        place += isSigned ? 2 : 1
        text += isSigned && source[place - 1] == "-" ? "e-" : "e"
        text += digits()
      }
    }
    if isWhole, let value = PythonNumber.integer(text, radix: 10) { return .integer(value) }
    guard !isWhole, let value = PythonNumber.number(text) else {
      throw problem("the number \(text) is malformed or too large")
    }
    return .number(value)
  }

  private func radix(of letter: Unicode.Scalar?) -> Int? {
    switch letter {
    case "x", "X": 16
    case "o", "O": 8
    case "b", "B": 2
    default: nil
    }
  }

  private func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map { "0"..."9" ~= $0 } ?? false
  }

  private mutating func digits() -> String { take { $0 == "_" || "0"..."9" ~= $0 } }

  // MARK: Texts

  private mutating func text(_ quote: Unicode.Scalar) throws -> String {
    let begun = line
    place += 1
    var text = String.UnicodeScalarView()
    while let scalar = peek() {
      place += 1
      if scalar == quote { return String(text) }
      if scalar == "\n" { line += 1 }
      if scalar == "\\" {
        try escape(into: &text)
      } else {
        text.append(scalar)
      }
    }
    throw TemplateProblem(
      line: begun, message: "a text is not closed, expected \(PythonText.quoted(String(quote)))"
    )
  }

  /// What stands behind a backslash.
  private mutating func escape(into text: inout String.UnicodeScalarView) throws {
    guard let letter = peek() else { return }
    place += 1
    switch letter {
    case "n": text.append("\n")
    case "t": text.append("\t")
    case "r": text.append("\r")
    case "a": text.append("\u{7}")
    case "b": text.append("\u{8}")
    case "v": text.append("\u{b}")
    case "f": text.append("\u{c}")
    case "\\", "'", "\"": text.append(letter)
    case "\n": line += 1
    case "x": text.append(try scalar(digits: 2))
    case "u": text.append(try scalar(digits: 4))
    case "U": text.append(try scalar(digits: 8))
    case "N": throw TemplateProblem.notSupported("a character by its name", line: line)
    case "0"..."7":
      place -= 1
      var value: UInt32 = 0
      for _ in 0..<3 {
        guard let digit = peek(), "0"..."7" ~= digit else { break }
        value = value * 8 + digit.value - 0x30
        place += 1
      }
      text.append(Unicode.Scalar(value) ?? "\u{fffd}")
    default:
      text.append("\\")
      text.append(letter)
    }
  }

  private mutating func scalar(digits count: Int) throws -> Unicode.Scalar {
    let end = min(place + count, source.count)
    let digits = source[place..<end]
    place = end
    guard digits.count == count, digits.allSatisfy(\.properties.isASCIIHexDigit),
      let value = UInt32(PythonText.text(digits), radix: 16), let scalar = Unicode.Scalar(value)
    else { throw problem("an escaped character is malformed") }
    return scalar
  }
}

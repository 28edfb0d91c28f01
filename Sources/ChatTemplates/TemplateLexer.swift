import Foundation

/// Cuts the source of a template into text and tags, as Jinja does with `trim_blocks` and `lstrip_blocks`.
struct TemplateLexer {
  private let source: [Character]
  private var place = 0
  private var line = 1
  private var pieces: [TemplatePiece] = []
  /// What the last tag does to the white space after it.
  private var trimming = Trimming.nothing

  /// What becomes of white space after a tag.
  private enum Trimming {
    case nothing
    /// A line break goes.
    case lineBreak
    /// All goes.
    case all
  }

  /// - Throws: `TemplateProblem`.
  static func pieces(of source: String) throws -> [TemplatePiece] {
    // Jinja knows line feeds only, and leaves out the last one.
    var text = source.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    if text.hasSuffix("\n") { text.removeLast() }
    var lexer = TemplateLexer(Array(text))
    try lexer.run()
    return lexer.pieces
  }

  private init(_ source: [Character]) { self.source = source }

  private mutating func run() throws {
    while place < source.count {
      guard let start = nextTag() else {
        addText(upTo: source.count, before: nil)
        break
      }
      let kind = source[start + 1]
      addText(upTo: start, before: kind)
      place = start + 2
      if let sign = peek(), sign == "-" || sign == "+" { place += 1 }
      switch kind {
      case "#": try skipComment()
      case "{": pieces.append(.output(try tokens(until: "}", trims: .nothing)))
      default: try addStatement()
      }
    }
  }

  private func peek(_ offset: Int = 0) -> Character? {
    source.indices.contains(place + offset) ? source[place + offset] : nil
  }

  /// Where the next `{{`, `{%` or `{#` begins.
  private func nextTag() -> Int? {
    var index = place
    while index + 1 < source.count {
      if source[index] == "{", ["{", "%", "#"].contains(source[index + 1]) { return index }
      index += 1
    }
    return nil
  }

  /// Adds the text up to a tag, without what the tags around it take away.
  private mutating func addText(upTo end: Int, before kind: Character?) {
    var text = source[place..<end]
    line += text.count { $0 == "\n" }
    switch trimming {
    case .nothing: break
    case .lineBreak: if text.first == "\n" { text.removeFirst() }
    case .all: text = text.drop(while: \.isWhitespace)
    }
    if kind != nil {
      let sign = end + 2 < source.count ? source[end + 2] : nil
      if sign == "-" {
        while text.last?.isWhitespace ?? false { text.removeLast() }
      } else if kind != "{", sign != "+" {
        let blanks = text.reversed().prefix { $0 == " " || $0 == "\t" }.count
        let rest = text.dropLast(blanks)
        // Only where the tag is the first thing in its line.
        if rest.last == "\n" || (rest.isEmpty && isAtLineStart(rest.startIndex)) { text = rest }
      }
    }
    trimming = .nothing
    if !text.isEmpty { pieces.append(.text(String(text))) }
  }

  private func isAtLineStart(_ index: Int) -> Bool { index == 0 || source[index - 1] == "\n" }

  private mutating func skipComment() throws {
    let begun = line
    while place + 1 < source.count {
      if source[place] == "#", source[place + 1] == "}" {
        trimming = place > 0 && source[place - 1] == "-" ? .all : .lineBreak
        place += 2
        return
      }
      if source[place] == "\n" { line += 1 }
      place += 1
    }
    throw TemplateProblem(line: begun, message: "a comment is not closed, expected #}")
  }

  private mutating func addStatement() throws {
    let tokens = try tokens(until: "%", trims: .lineBreak)
    guard case .name("raw")? = tokens.first?.kind, tokens.count == 1 else {
      pieces.append(.statement(tokens))
      return
    }
    throw TemplateProblem(line: line, message: "the statement \"raw\" is not supported")
  }

  /// The tokens up to `}}` or `%}`.
  private mutating func tokens(until end: Character, trims: Trimming) throws -> [TemplateToken] {
    var tokens: [TemplateToken] = []
    let begun = line
    var depth = 0
    while let character = peek() {
      if character.isWhitespace {
        if character == "\n" { line += 1 }
        place += 1
      } else if character == "-" || character == "+", peek(1) == end, peek(2) == "}", depth == 0 {
        trimming = character == "-" ? .all : .nothing
        place += 3
        return tokens
      } else if character == end, peek(1) == "}", depth == 0 {
        trimming = trims
        place += 2
        return tokens
      } else {
        let token = try token(character)
        switch token.kind {
        case .sign("("), .sign("["), .sign("{"): depth += 1
        case .sign(")"), .sign("]"), .sign("}"): depth = max(0, depth - 1)
        default: break
        }
        tokens.append(token)
      }
    }
    throw TemplateProblem(line: begun, message: "a tag is not closed, expected \(end)}")
  }

  private mutating func token(_ first: Character) throws -> TemplateToken {
    let begun = line
    if first.isLetter || first == "_" {
      let name = take { $0.isLetter || $0.isNumber || $0 == "_" }
      return TemplateToken(kind: .name(name), line: begun)
    }
    if first.isASCII, first.isNumber { return TemplateToken(kind: try number(), line: begun) }
    if first == "'" || first == "\"" {
      return TemplateToken(kind: .text(try text(first)), line: begun)
    }
    for length in [2, 1] {
      let sign = String(source[place..<min(place + length, source.count)])
      if Self.signs.contains(sign) {
        place += sign.count
        return TemplateToken(kind: .sign(sign), line: begun)
      }
    }
    throw TemplateProblem(line: line, message: "\"\(first)\" is not expected here")
  }

  private static let signs: Set<String> = [
    "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[",
    "]", "{", "}", ",", ":", ".", "|",
  ]

  private mutating func take(_ belongs: (Character) -> Bool) -> String {
    let start = place
    while let character = peek(), belongs(character) { place += 1 }
    return String(source[start..<place])
  }

  private mutating func number() throws -> TemplateToken.Kind {
    var digits = take { $0.isASCII && $0.isNumber || $0 == "_" }
    var isWhole = true
    if peek() == ".", let next = peek(1), next.isASCII, next.isNumber {
      isWhole = false
      place += 1
      digits += "." + take { $0.isASCII && $0.isNumber }
    }
    if peek() == "e" || peek() == "E" {
      let signed = peek(1) == "-" || peek(1) == "+"
      if let digit = peek(signed ? 2 : 1), digit.isASCII, digit.isNumber {
        isWhole = false
        place += 1
        digits += "e"
        if signed {
          digits.append(source[place])
          place += 1
        }
        digits += take { $0.isASCII && $0.isNumber }
      }
    }
    digits.removeAll { $0 == "_" }
    if isWhole, let integer = Int(digits) { return .integer(integer) }
    guard !isWhole, let number = Double(digits) else {
      throw TemplateProblem(line: line, message: "the number \(digits) is too large")
    }
    return .number(number)
  }

  private mutating func text(_ quote: Character) throws -> String {
    let begun = line
    place += 1
    var text = ""
    while let character = peek() {
      place += 1
      if character == quote { return text }
      if character == "\n" { line += 1 }
      guard character == "\\" else {
        text.append(character)
        continue
      }
      guard let escaped = peek() else { break }
      place += 1
      switch escaped {
      case "n": text.append("\n")
      case "t": text.append("\t")
      case "r": text.append("\r")
      case "0": text.append("\0")
      case "\\", "'", "\"": text.append(escaped)
      case "\n": line += 1
      case "x": text.unicodeScalars.append(try scalar(digits: 2))
      case "u": text.unicodeScalars.append(try scalar(digits: 4))
      case "U": text.unicodeScalars.append(try scalar(digits: 8))
      default: text += "\\" + String(escaped)
      }
    }
    throw TemplateProblem(line: begun, message: "a text is not closed, expected \(quote)")
  }

  private mutating func scalar(digits count: Int) throws -> Unicode.Scalar {
    let end = min(place + count, source.count)
    let digits = String(source[place..<end])
    place = end
    guard digits.count == count, let value = UInt32(digits, radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw TemplateProblem(line: line, message: "an escaped character is malformed") }
    return scalar
  }
}

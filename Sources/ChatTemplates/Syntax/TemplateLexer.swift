/// Cuts the source of a template into text and tags, as Jinja does with `trim_blocks` and `lstrip_blocks`.
struct TemplateLexer {
  private let source: [Unicode.Scalar]
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

  /// What a tag begins with.
  private enum Opening {
    case output, statement, comment

    init?(_ scalar: Unicode.Scalar) {
      switch scalar {
      case "{": self = .output
      case "%": self = .statement
      case "#": self = .comment
      default: return nil
      }
    }
  }

  /// - Throws: `TemplateProblem`.
  static func pieces(of source: String) throws -> [TemplatePiece] {
    var lexer = TemplateLexer(withLineFeeds(source))
    try lexer.run()
    return lexer.pieces
  }

  private init(_ source: [Unicode.Scalar]) { self.source = source }

  /// Jinja knows line feeds only, and leaves out the last one.
  private static func withLineFeeds(_ source: String) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    var isAfterReturn = false
    for scalar in source.unicodeScalars {
      if scalar == "\r" {
        scalars.append("\n")
      } else if scalar != "\n" || !isAfterReturn {
        scalars.append(scalar)
      }
      isAfterReturn = scalar == "\r"
    }
    if scalars.last == "\n" { scalars.removeLast() }
    return scalars
  }

  private mutating func run() throws {
    while place < source.count {
      guard let (start, opening) = nextTag() else {
        addText(upTo: source.count, before: nil)
        break
      }
      addText(upTo: start, before: opening)
      place = start + 2
      if peek() == "-" || peek() == "+" { place += 1 }
      switch opening {
      case .comment: try skipComment()
      case .output: pieces.append(.output(try tokens(of: .output)))
      case .statement:
        if try !addRawText() { pieces.append(.statement(try tokens(of: .statement))) }
      }
    }
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    place + offset < source.count ? source[place + offset] : nil
  }

  /// Where the next `{{`, `{%` or `{#` begins.
  private func nextTag() -> (start: Int, opening: Opening)? {
    var index = place
    while index + 1 < source.count {
      if source[index] == "{", let opening = Opening(source[index + 1]) { return (index, opening) }
      index += 1
    }
    return nil
  }

  // MARK: Text

  /// Adds the text up to a tag, without what the tags around it take away.
  private mutating func addText(upTo end: Int, before opening: Opening?) {
    let all = source[place..<end]
    var text = all
    switch trimming {
    case .nothing: break
    case .lineBreak: if text.first == "\n" { text.removeFirst() }
    case .all: text = text.drop(while: PythonText.isSpace)
    }
    trimming = .nothing
    if let opening {
      let sign = end + 2 < source.count ? source[end + 2] : nil
      if sign == "-" {
        while text.last.map(PythonText.isSpace) ?? false { text.removeLast() }
      } else if opening != .output, sign != "+" {
        text = withoutIndent(text)
      }
    }
    line += all.count { $0 == "\n" }
    if !text.isEmpty { pieces.append(.text(PythonText.text(text))) }
  }

  /// Without the white space before a tag that is the first thing in its line.
  private func withoutIndent(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
    let lineStart = text.lastIndex(of: "\n").map { $0 + 1 } ?? text.startIndex
    let isAtLineStart = lineStart == 0 || source[lineStart - 1] == "\n"
    return isAtLineStart && text[lineStart...].allSatisfy(PythonText.isSpace)
      ? text[..<lineStart] : text
  }

  private mutating func skipComment() throws {
    let (begun, start) = (line, place)
    while let scalar = peek() {
      if scalar == "#", peek(1) == "}" {
        switch place > start ? source[place - 1] : nil {
        case "-": trimming = .all
        case "+": trimming = .nothing
        default: trimming = .lineBreak
        }
        place += 2
        return
      }
      if scalar == "\n" { line += 1 }
      place += 1
    }
    throw TemplateProblem(line: begun, message: "a comment is not closed, expected #}")
  }

  /// Takes `raw %}...{% endraw %}` if it comes next.
  private mutating func addRawText() throws -> Bool {
    guard let begin = wordTag("raw", from: place) else { return false }
    let begun = line
    line += source[place..<begin.end].count { $0 == "\n" }
    place = begin.end
    trimming = begin.closing == "-" ? .all : .nothing
    var start = place
    while start + 1 < source.count {
      if source[start] == "{", source[start + 1] == "%" {
        let sign = start + 2 < source.count ? source[start + 2] : nil
        let word = start + (sign == "-" || sign == "+" ? 3 : 2)
        if let end = wordTag("endraw", from: word) {
          addText(upTo: start, before: .statement)
          line += source[start..<end.end].count { $0 == "\n" }
          place = end.end
          trimming = end.closing == "-" ? .all : end.closing == "+" ? .nothing : .lineBreak
          return true
        }
      }
      start += 1
    }
    throw TemplateProblem(line: begun, message: "raw text is not closed, expected endraw")
  }

  /// Where a tag that is nothing but a word ends, and the sign before its `%}`.
  private func wordTag(
    _ word: String, from start: Int
  ) -> (end: Int, closing: Unicode.Scalar?)? {
    var index = start
    func skipSpace() {
      while index < source.count, PythonText.isSpace(source[index]) { index += 1 }
    }
    skipSpace()
    guard source[index...].starts(with: word.unicodeScalars) else { return nil }
    index += word.unicodeScalars.count
    skipSpace()
    var closing: Unicode.Scalar?
    if index < source.count, source[index] == "-" || source[index] == "+" {
      closing = source[index]
      index += 1
    }
    return source[index...].starts(with: "%}".unicodeScalars) ? (index + 2, closing) : nil
  }

  // MARK: Tags

  /// The tokens up to `}}` or `%}`.
  private mutating func tokens(of tag: Opening) throws -> [TemplateToken] {
    let end: Unicode.Scalar = tag == .output ? "}" : "%"
    var scanner = TemplateTokenScanner(source, place: place, line: line)
    var tokens: [TemplateToken] = []
    var depth = 0
    while true {
      scanner.skipSpace()
      let (next, second, third) = (scanner.peek(), scanner.peek(1), scanner.peek(2))
      guard next != nil else {
        throw TemplateProblem(line: line, message: "a tag is not closed, expected \(end)}")
      }
      if depth == 0, next == end, second == "}" {
        trimming = tag == .output ? .nothing : .lineBreak
        place = scanner.place + 2
        break
      }
      if depth == 0, next == "-" || next == "+" && tag == .statement, second == end, third == "}" {
        trimming = next == "-" ? .all : .nothing
        place = scanner.place + 3
        break
      }
      let token = try scanner.token()
      switch token.kind {
      case .sign("("), .sign("["), .sign("{"): depth += 1
      case .sign(")"), .sign("]"), .sign("}"): depth = max(0, depth - 1)
      default: break
      }
      tokens.append(token)
    }
    line = scanner.line
    return tokens
  }
}

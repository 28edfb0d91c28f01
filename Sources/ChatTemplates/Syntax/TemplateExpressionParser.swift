/// Reads expressions from the tokens of a tag.
struct TemplateExpressionParser {
  /// Whether `a if b else c` may stand somewhere: not before the `if` of a loop.
  enum Conditions {
    case allowed, excluded
  }

  private let tokens: [TemplateToken]
  private var place = 0
  private var depth = 0
  /// How many signs, parts, calls and filters the tag has: each may lie inside of the next.
  private var parts = 0
  /// The line of the tag, for what comes after its last token.
  private let endLine: Int

  init(_ tokens: [TemplateToken], line: Int) {
    self.tokens = tokens
    endLine = tokens.last?.line ?? line
  }

  // MARK: Tokens

  var isAtEnd: Bool { place == tokens.count }
  var line: Int { place < tokens.count ? tokens[place].line : endLine }

  func peek(_ offset: Int = 0) -> TemplateToken.Kind? {
    place + offset < tokens.count ? tokens[place + offset].kind : nil
  }

  /// Takes a sign if it comes next.
  mutating func take(_ sign: String) -> Bool { take(.sign(sign)) }

  /// Takes a word if it comes next.
  mutating func take(word: String) -> Bool { take(.name(word)) }

  private mutating func take(_ kind: TemplateToken.Kind) -> Bool {
    guard peek() == kind else { return false }
    place += 1
    return true
  }

  mutating func expect(_ sign: String) throws {
    guard take(sign) else { throw unexpected("\"\(sign)\"") }
  }

  mutating func expect(word: String) throws {
    guard take(word: word) else { throw unexpected("\"\(word)\"") }
  }

  mutating func name() throws -> String {
    guard case .name(let name)? = peek() else { throw unexpected("a name") }
    place += 1
    return name
  }

  func unexpected(_ expected: String) -> TemplateProblem {
    let found: String
    switch peek() {
    case nil: found = "the end of the tag"
    case .name(let name)?: found = "\"\(name)\""
    case .text(let text)?: found = "the text \"\(text)\""
    case .integer(let value)?: found = "\(value)"
    case .number(let value)?: found = "\(value)"
    case .sign(let sign)?: found = "\"\(sign)\""
    }
    return TemplateProblem(line: line, message: "found \(found), expected \(expected)")
  }

  mutating func countPart() throws {
    parts += 1
    guard parts <= TemplateLimit.parts else {
      throw TemplateProblem(
        line: line, message: "an expression has more than \(TemplateLimit.parts) parts")
    }
  }

  /// Reads what may lie inside of itself.
  mutating func nested<Result>(_ body: (inout Self) throws -> Result) throws -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= TemplateLimit.parentheses else {
      throw TemplateProblem(
        line: line, message: "expressions are nested more than \(TemplateLimit.parentheses) deep")
    }
    return try body(&self)
  }

  /// Takes what comes next, whatever it is.
  mutating func advance(by count: Int = 1) { place += count }

  mutating func end() throws {
    guard isAtEnd else { throw unexpected("the end of the tag") }
  }
}

/// Reads statements from the pieces of a template.
struct TemplateParser {
  private let pieces: [TemplatePiece]
  private(set) var place = 0
  private var depth = 0
  /// How many loops are open in the macro that is read.
  private var loops = 0
  private(set) var line = 1

  /// What ends a block.
  enum End: String {
    case elif, `else`, endif, endfor, endset, endmacro, endcall, endfilter, endwith, endgeneration
  }

  /// What ended a block, with the rest of its tag.
  typealias BlockEnd = (word: End, rest: TemplateExpressionParser)

  /// Whether `break` and `continue` mean the loops around a block.
  enum LoopView {
    case open, closed
  }

  /// The statements of a template's source.
  /// - Throws: `TemplateProblem`.
  static func statements(of source: String) throws -> [TemplateStatement] {
    var parser = TemplateParser(pieces: try TemplateLexer.pieces(of: source))
    return try parser.block(until: []).statements
  }

  private init(pieces: [TemplatePiece]) { self.pieces = pieces }

  func problem(_ message: String) -> TemplateProblem {
    TemplateProblem(line: line, message: message)
  }

  /// Whether a name stands in a tag from a place on up to where the parser is.
  func hasRead(_ name: String, since start: Int) -> Bool {
    pieces[start..<place].contains { piece in
      switch piece {
      case .text: false
      case .output(let tokens), .statement(let tokens): tokens.contains { $0.kind == .name(name) }
      }
    }
  }

  // MARK: Blocks

  /// Statements up to a tag that begins with one of these words, or the end of the template.
  mutating func block(
    until ends: Set<End>
  ) throws -> (statements: [TemplateStatement], end: BlockEnd?) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= TemplateLimit.blocks else {
      throw problem("blocks are nested more than \(TemplateLimit.blocks) deep")
    }
    var statements: [TemplateStatement] = []
    while place < pieces.count {
      let piece = pieces[place]
      place += 1
      switch piece {
      case .text(let text): statements.append(TemplateStatement(form: .text(text), line: line))
      case .output(let tokens):
        line = tokens.first?.line ?? line
        var parser = TemplateExpressionParser(tokens, line: line)
        let value = try parser.tuple()
        try parser.end()
        statements.append(TemplateStatement(form: .output(value), line: line))
      case .statement(let tokens):
        line = tokens.first?.line ?? line
        let begun = line
        var parser = TemplateExpressionParser(tokens, line: line)
        let word = try parser.name()
        if let end = End(rawValue: word) {
          guard ends.contains(end) else { throw problem("\"\(word)\" stands outside of its block") }
          return (statements, (end, parser))
        }
        statements.append(TemplateStatement(form: try statement(word, &parser), line: begun))
      }
    }
    guard ends.isEmpty else {
      let words = ends.map(\.rawValue).sorted().joined(separator: " or ")
      throw problem("a block is not closed, expected \(words)")
    }
    return (statements, nil)
  }

  /// The body of a block that has one end.
  mutating func body(until end: End, loops view: LoopView = .open) throws -> [TemplateStatement] {
    let open = loops
    if view == .closed { loops = 0 }
    defer { loops = open }
    var (statements, found) = try block(until: [end])
    try found?.rest.end()
    return statements
  }

  /// The body of a loop.
  mutating func loopBody() throws -> (statements: [TemplateStatement], end: BlockEnd?) {
    loops += 1
    defer { loops -= 1 }
    return try block(until: [.else, .endfor])
  }

  func checkLoop(_ word: String) throws {
    guard loops > 0 else { throw problem("\"\(word)\" stands outside of a loop") }
  }
}

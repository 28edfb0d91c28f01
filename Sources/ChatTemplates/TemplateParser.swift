/// Reads statements from the pieces of a template.
struct TemplateParser {
  private let pieces: [TemplatePiece]
  private var place = 0
  private var depth = 0
  private var line = 1

  /// The statements of a template's source.
  /// - Throws: `TemplateProblem`.
  static func statements(of source: String) throws -> [TemplateStatement] {
    var parser = TemplateParser(pieces: try TemplateLexer.pieces(of: source))
    let (statements, end) = try parser.block(until: [])
    guard end == nil else { throw parser.problem("a block is closed that was not opened") }
    return statements
  }

  private init(pieces: [TemplatePiece]) { self.pieces = pieces }

  private func problem(_ message: String) -> TemplateProblem {
    TemplateProblem(line: line, message: message)
  }

  /// What ended a block, with the rest of its tag.
  private typealias BlockEnd = (word: String, rest: TemplateExpressionParser)

  /// Statements up to a tag that begins with one of these words, or the end of the template.
  private mutating func block(
    until ends: Set<String>
  ) throws -> (statements: [TemplateStatement], end: BlockEnd?) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 30 else { throw problem("blocks are nested more than 30 deep") }
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
        var parser = TemplateExpressionParser(tokens, line: line)
        let word = try parser.name()
        if ends.contains(word) { return (statements, (word, parser)) }
        statements.append(
          TemplateStatement(form: try statement(word, &parser), line: line))
      }
    }
    guard ends.isEmpty else {
      throw problem("a block is not closed, expected \(ends.sorted().joined(separator: " or "))")
    }
    return (statements, nil)
  }

  /// The body of a block that has one end.
  private mutating func body(until end: String) throws -> [TemplateStatement] {
    var (statements, found) = try block(until: [end])
    try found?.rest.end()
    return statements
  }

  private mutating func statement(
    _ word: String, _ parser: inout TemplateExpressionParser
  ) throws -> TemplateStatement.Form {
    switch word {
    case "if": return try condition(&parser)
    case "for": return try loop(&parser)
    case "set": return try set(&parser)
    case "macro": return try macro(&parser)
    case "generation":
      try parser.end()
      return .generation(try body(until: "endgeneration"))
    case "break", "continue":
      try parser.end()
      return word == "break" ? .leaveLoop : .nextTurn
    case "elif", "else", "endif", "endfor", "endset", "endmacro", "endgeneration":
      throw problem("\"\(word)\" stands outside of its block")
    default: throw problem("the statement \"\(word)\" is not supported")
    }
  }

  private mutating func condition(
    _ first: inout TemplateExpressionParser
  ) throws -> TemplateStatement.Form {
    var parser = first
    var branches: [(test: TemplateExpression, body: [TemplateStatement])] = []
    while true {
      let test = try parser.tuple()
      try parser.end()
      let (body, end) = try block(until: ["elif", "else", "endif"])
      branches.append((test, body))
      guard var end else { return .condition(branches, else: []) }
      switch end.word {
      case "elif": parser = end.rest
      case "else":
        try end.rest.end()
        return .condition(branches, else: try self.body(until: "endif"))
      default:
        try end.rest.end()
        return .condition(branches, else: [])
      }
    }
  }

  private mutating func loop(_ parser: inout TemplateExpressionParser) throws
    -> TemplateStatement.Form
  {
    let names = try names(&parser)
    try parser.expect(word: "in")
    var elements = try parser.expression(conditions: false)
    if parser.peek() == .sign(",") {
      var all = [elements]
      while parser.take(",") { all.append(try parser.expression(conditions: false)) }
      elements = TemplateExpression(form: .list(all), line: elements.line)
    }
    let filter = parser.take(word: "if") ? try parser.expression() : nil
    if parser.take(word: "recursive") { throw problem("recursive loops are not supported") }
    try parser.end()
    var (body, end) = try block(until: ["else", "endfor"])
    try end?.rest.end()
    let otherwise = end?.word == "else" ? try self.body(until: "endfor") : []
    return .loop(
      TemplateLoop(
        names: names, elements: elements, filter: filter, body: body, otherwise: otherwise))
  }

  /// Names with commas between them, in parentheses or not.
  private func names(_ parser: inout TemplateExpressionParser) throws -> [String] {
    let isEnclosed = parser.take("(")
    var names = [try parser.name()]
    while parser.take(",") {
      guard case .name? = parser.peek() else { break }
      names.append(try parser.name())
    }
    if isEnclosed { try parser.expect(")") }
    return names
  }

  private mutating func set(_ parser: inout TemplateExpressionParser) throws
    -> TemplateStatement.Form
  {
    let names = try names(&parser)
    if names.count == 1, parser.take(".") {
      let attribute = try parser.name()
      try parser.expect("=")
      let value = try parser.tuple()
      try parser.end()
      return .setAttribute(names[0], attribute, value)
    }
    if parser.take("=") {
      let value = try parser.tuple()
      try parser.end()
      return .set(names, value)
    }
    guard names.count == 1, parser.isAtEnd else { throw parser.unexpected("\"=\"") }
    return .setText(names[0], try body(until: "endset"))
  }

  private mutating func macro(_ parser: inout TemplateExpressionParser) throws
    -> TemplateStatement.Form
  {
    let name = try parser.name()
    try parser.expect("(")
    var parameters: [String] = []
    var defaults: [String: TemplateExpression] = [:]
    while !parser.take(")") {
      if !parameters.isEmpty { try parser.expect(",") }
      let parameter = try parser.name()
      parameters.append(parameter)
      if parser.take("=") { defaults[parameter] = try parser.expression() }
    }
    try parser.end()
    return .macro(
      TemplateMacro(
        name: name, parameters: parameters, defaults: defaults,
        body: try body(until: "endmacro")))
  }
}

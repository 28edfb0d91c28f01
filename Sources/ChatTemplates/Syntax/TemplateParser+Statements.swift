extension TemplateParser {
  /// What a tag begins with.
  private enum Word: String {
    case `if`, `for`, set, macro, call, filter, with, generation, `break`, `continue`
  }

  /// The statement that begins with a word.
  mutating func statement(
    _ name: String, _ parser: inout TemplateExpressionParser
  ) throws -> TemplateStatement.Form {
    guard let word = Word(rawValue: name) else {
      throw TemplateProblem.notSupported("the statement \"\(name)\"", line: line)
    }
    switch word {
    case .if: return try condition(&parser)
    case .for: return try loop(&parser)
    case .set: return try set(&parser)
    case .macro: return try macro(&parser)
    case .call: return try call(&parser)
    case .filter:
      let filters = try parser.filters(of: TemplateTextBlock.name)
      try parser.end()
      return .filtered(TemplateTextBlock(body: try body(until: .endfilter), filters: filters))
    case .with: return try with(&parser)
    case .generation:
      try parser.end()
      return .generation(try body(until: .endgeneration, loops: .closed))
    case .break, .continue:
      try parser.end()
      try checkLoop(name)
      return word == .break ? .leaveLoop : .nextTurn
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
      let (body, end) = try block(until: [.elif, .else, .endif])
      branches.append((test, body))
      guard var end else { return .condition(branches, else: []) }
      if end.word == .elif {
        parser = end.rest
        continue
      }
      try end.rest.end()
      return .condition(branches, else: end.word == .else ? try self.body(until: .endif) : [])
    }
  }

  private mutating func loop(
    _ parser: inout TemplateExpressionParser
  ) throws -> TemplateStatement.Form {
    let target = try parser.target()
    guard !target.names.contains("loop") else {
      throw problem("\"loop\" cannot be the name of an element")
    }
    try parser.expect(word: "in")
    let elements = try parser.tuple(conditions: .excluded)
    let filter = parser.take(word: "if") ? try parser.expression() : nil
    if parser.take(word: "recursive") {
      throw TemplateProblem.notSupported("a recursive loop", line: line)
    }
    try parser.end()
    var (body, end) = try loopBody()
    try end?.rest.end()
    let otherwise = end?.word == .else ? try self.body(until: .endfor) : []
    return .loop(
      TemplateLoop(
        target: target, elements: elements, filter: filter, body: body, otherwise: otherwise))
  }

  private mutating func set(
    _ parser: inout TemplateExpressionParser
  ) throws -> TemplateStatement.Form {
    let target = try parser.target()
    if parser.take("=") {
      let value = try parser.tuple()
      try parser.end()
      return .set(target, value)
    }
    if case .parts = target { throw parser.unexpected("\"=\"") }
    guard parser.isAtEnd || parser.peek() == .sign("|") else { throw parser.unexpected("\"=\"") }
    let filters = try parser.trailingFilters(of: TemplateTextBlock.name)
    try parser.end()
    return .setText(
      target, TemplateTextBlock(body: try body(until: .endset, loops: .closed), filters: filters))
  }

  private mutating func with(
    _ parser: inout TemplateExpressionParser
  ) throws -> TemplateStatement.Form {
    var values: [(target: TemplateTarget, value: TemplateExpression)] = []
    while !parser.isAtEnd {
      if !values.isEmpty { try parser.expect(",") }
      let name = try parser.targetName()
      try parser.expect("=")
      values.append((.name(name), try parser.expression()))
    }
    return .with(values, try body(until: .endwith))
  }

  private mutating func macro(
    _ parser: inout TemplateExpressionParser
  ) throws -> TemplateStatement.Form {
    let name = try parser.targetName()
    let parameters = try parser.parameters()
    try parser.end()
    return .macro(try macro(name, parameters, until: .endmacro))
  }

  private mutating func macro(
    _ name: String, _ parameters: [TemplateMacro.Parameter], until end: End
  ) throws -> TemplateMacro {
    let start = place
    let body = try body(until: end, loops: .closed)
    return TemplateMacro(
      name: name, parameters: parameters, body: body,
      takesMore: hasRead("varargs", since: start), takesMoreNamed: hasRead("kwargs", since: start))
  }

  private mutating func call(
    _ parser: inout TemplateExpressionParser
  ) throws -> TemplateStatement.Form {
    let parameters = parser.peek() == .sign("(") ? try parser.parameters() : []
    let call = try parser.expression()
    try parser.end()
    guard case .call(let function, let arguments) = call.form else {
      throw problem("\"call\" expects a call")
    }
    return .call(
      function, arguments, caller: try macro("caller", parameters, until: .endcall))
  }
}

extension TemplateTarget {
  /// The names that get values.
  var names: [String] {
    switch self {
    case .name(let name): [name]
    case .attribute: []
    case .parts(let parts): parts.flatMap(\.names)
    }
  }
}

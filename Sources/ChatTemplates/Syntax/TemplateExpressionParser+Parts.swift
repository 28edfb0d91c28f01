extension TemplateExpressionParser {
  /// Attributes, items and calls of a value.
  mutating func postfix(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      let line = line
      if [.sign("."), .sign("["), .sign("(")].contains(peek()) { try countPart() }
      if take(".") {
        if case .integer(let index)? = peek() {
          advance()
          let item = TemplateExpression(form: .literal(.integer(index)), line: line)
          value = TemplateExpression(form: .item(value, item), line: line)
        } else {
          value = TemplateExpression(form: .attribute(value, try name()), line: line)
        }
      } else if take("[") {
        value = try item(of: value, line)
      } else if peek() == .sign("(") {
        value = TemplateExpression(form: .call(value, try arguments()), line: line)
      } else {
        return value
      }
    }
  }

  private mutating func item(
    of value: TemplateExpression, _ line: Int
  ) throws -> TemplateExpression {
    let first = peek() == .sign(":") ? nil : try tuple()
    guard take(":") else {
      try expect("]")
      guard let first else { throw unexpected("a value") }
      return TemplateExpression(form: .item(value, first), line: line)
    }
    let last = [.sign(":"), .sign("]")].contains(peek()) ? nil : try expression()
    let step = take(":") && peek() != .sign("]") ? try expression() : nil
    try expect("]")
    return TemplateExpression(form: .slice(value, from: first, to: last, by: step), line: line)
  }

  // MARK: Arguments

  private mutating func arguments() throws -> TemplateCallArguments {
    try expect("(")
    var arguments = TemplateCallArguments()
    var isFirst = true
    while !take(")") {
      if !isFirst {
        try expect(",")
        if take(")") { break }
      }
      isFirst = false
      try argument(into: &arguments)
    }
    return arguments
  }

  private mutating func argument(into arguments: inout TemplateCallArguments) throws {
    if take("*") {
      guard arguments.more == nil, arguments.moreNamed == nil else { throw unexpected("a value") }
      arguments.more = try expression()
    } else if take("**") {
      guard arguments.moreNamed == nil else { throw unexpected("a value") }
      arguments.moreNamed = try expression()
    } else if case .name(let name)? = peek(), peek(1) == .sign("=") {
      guard arguments.moreNamed == nil else { throw unexpected("\")\"") }
      advance(by: 2)
      guard !arguments.named.contains(where: { $0.name == name }) else {
        throw TemplateProblem(line: line, message: "\"\(name)\" is given twice")
      }
      arguments.named.append((name, try expression()))
    } else {
      guard arguments.named.isEmpty, arguments.more == nil, arguments.moreNamed == nil else {
        throw unexpected("a named value")
      }
      arguments.values.append(try expression())
    }
  }

  // MARK: Filters and tests

  /// Filters and tests of a value.
  mutating func filtered(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      let line = line
      if take("|") {
        value = try filter(of: value, line)
      } else if take(word: "is") {
        value = try test(of: value, line)
      } else {
        return value
      }
    }
  }

  private mutating func filter(
    of value: TemplateExpression, _ line: Int
  ) throws -> TemplateExpression {
    try countPart()
    let name = try name()
    let given = peek() == .sign("(") ? try arguments() : TemplateCallArguments()
    guard let filter = TemplateFilter(rawValue: name) else {
      return TemplateExpression(form: .unknown("the filter \"\(name)\""), line: line)
    }
    return TemplateExpression(form: .filter(value, filter, given), line: line)
  }

  /// `upper|trim`: filters of what has a name.
  mutating func filters(of name: String) throws -> TemplateExpression {
    let value = TemplateExpression(form: .name(name), line: line)
    return try filtered(filter(of: value, line))
  }

  /// `|upper|trim`: filters, if there are any, of what has a name.
  mutating func trailingFilters(of name: String) throws -> TemplateExpression {
    try filtered(TemplateExpression(form: .name(name), line: line))
  }

  private mutating func test(
    of value: TemplateExpression, _ line: Int
  ) throws -> TemplateExpression {
    try countPart()
    let isNegated = take(word: "not")
    let name = try name()
    var given = TemplateCallArguments()
    if peek() == .sign("(") {
      given = try arguments()
    } else if startsArgument {
      given.values = [try postfix(primary())]
    }
    if peek() == .name("is") {
      throw TemplateProblem(line: line, message: "tests cannot follow each other with \"is\"")
    }
    guard let test = TemplateTest(rawValue: name) else {
      return TemplateExpression(form: .unknown("the test \"\(name)\""), line: line)
    }
    let result = TemplateExpression(form: .test(value, test, given), line: line)
    return isNegated ? TemplateExpression(form: .not(result), line: line) : result
  }

  /// Whether what comes next is the argument of a test: `is divisibleby 3`.
  private var startsArgument: Bool {
    switch peek() {
    case .name(let name)?: !["else", "or", "and", "is", "if", "in", "not"].contains(name)
    case .text?, .integer?, .number?, .sign("[")?, .sign("{")?: true
    default: false
    }
  }

  // MARK: Names that get values

  /// A name that is no value of the language.
  mutating func targetName() throws -> String {
    if case .name(let name)? = peek(),
      ["true", "True", "false", "False", "none", "None"].contains(name)
    {
      throw unexpected("a name that can be set")
    }
    return try name()
  }

  /// A name, an attribute of a name, or several with commas between them, in parentheses or not.
  mutating func target() throws -> TemplateTarget {
    try nested { parser in
      let first = try parser.targetPart()
      guard parser.peek() == .sign(",") else { return first }
      var parts = [first]
      while parser.take(","), parser.startsTarget { parts.append(try parser.targetPart()) }
      return .parts(parts)
    }
  }

  /// Whether another name follows a comma.
  private var startsTarget: Bool {
    switch peek() {
    case .name(let name)?: name != "in"
    case .sign("(")?: true
    default: false
    }
  }

  private mutating func targetPart() throws -> TemplateTarget {
    if take("(") {
      let target = try target()
      try expect(")")
      return target
    }
    let name = try targetName()
    return take(".") ? .attribute(name, try self.name()) : .name(name)
  }

  /// The parameters of a macro, in parentheses.
  mutating func parameters() throws -> [TemplateMacro.Parameter] {
    try expect("(")
    var parameters: [TemplateMacro.Parameter] = []
    while !take(")") {
      if !parameters.isEmpty { try expect(",") }
      let name = try targetName()
      guard !parameters.contains(where: { $0.name == name }) else {
        throw TemplateProblem(line: line, message: "the parameter \"\(name)\" stands twice")
      }
      let fallback = take("=") ? try expression() : nil
      if fallback == nil, parameters.last?.fallback != nil {
        throw TemplateProblem(
          line: line, message: "\"\(name)\" has no default, expected one behind one that has")
      }
      parameters.append(TemplateMacro.Parameter(name: name, fallback: fallback))
    }
    return parameters
  }
}

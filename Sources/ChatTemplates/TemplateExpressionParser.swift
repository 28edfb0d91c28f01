/// Reads expressions from the tokens of a tag.
struct TemplateExpressionParser {
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

  private mutating func countPart() throws {
    parts += 1
    guard parts <= 400 else {
      throw TemplateProblem(line: line, message: "an expression has more than 400 parts")
    }
  }

  mutating func end() throws {
    guard isAtEnd else { throw unexpected("the end of the tag") }
  }

  // MARK: Expressions, the loosest binding first

  /// An expression, or several with commas between them: a tuple.
  mutating func tuple() throws -> TemplateExpression {
    let (first, line) = (try expression(), line)
    guard peek() == .sign(",") else { return first }
    var elements = [first]
    while take(",") {
      if isAtEnd { break }
      elements.append(try expression())
    }
    return TemplateExpression(form: .list(elements), line: line)
  }

  /// - Parameter conditions: whether `a if b else c` may stand here: not before the `if` of a loop.
  mutating func expression(conditions: Bool = true) throws -> TemplateExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 60 else {
      throw TemplateProblem(line: line, message: "expressions are nested more than 60 deep")
    }
    let (value, line) = (try disjunction(), line)
    guard conditions, take(word: "if") else { return value }
    let test = try disjunction()
    let otherwise = take(word: "else") ? try expression() : nil
    return TemplateExpression(form: .conditional(value, if: test, else: otherwise), line: line)
  }

  private mutating func disjunction() throws -> TemplateExpression {
    var left = try conjunction()
    while take(word: "or") {
      try countPart()
      left = TemplateExpression(form: .or(left, try conjunction()), line: left.line)
    }
    return left
  }

  private mutating func conjunction() throws -> TemplateExpression {
    var left = try negation()
    while take(word: "and") {
      try countPart()
      left = TemplateExpression(form: .and(left, try negation()), line: left.line)
    }
    return left
  }

  private mutating func negation() throws -> TemplateExpression {
    let line = line
    var count = 0
    while take(word: "not") { count += 1 }
    let value = try comparison()
    guard count > 0 else { return value }
    let inner = TemplateExpression(form: .not(value), line: line)
    return count.isMultiple(of: 2) ? TemplateExpression(form: .not(inner), line: line) : inner
  }

  private mutating func comparison() throws -> TemplateExpression {
    let left = try sum()
    var rest: [(TemplateComparison, TemplateExpression)] = []
    while let comparison = takeComparison() { rest.append((comparison, try sum())) }
    return rest.isEmpty ? left : TemplateExpression(form: .comparison(left, rest), line: left.line)
  }

  private mutating func takeComparison() -> TemplateComparison? {
    if case .sign(let sign)? = peek(), let comparison = TemplateComparison(rawValue: sign) {
      place += 1
      return comparison
    }
    if take(word: "in") { return .isIn }
    if peek() == .name("not"), peek(1) == .name("in") {
      place += 2
      return .isNotIn
    }
    return nil
  }

  private mutating func binary(
    _ operators: [TemplateOperator], _ next: (inout Self) throws -> TemplateExpression
  ) throws -> TemplateExpression {
    var left = try next(&self)
    while case .sign(let sign)? = peek(), let found = TemplateOperator(rawValue: sign),
      operators.contains(found)
    {
      place += 1
      try countPart()
      left = TemplateExpression(form: .binary(found, left, try next(&self)), line: left.line)
    }
    return left
  }

  private mutating func sum() throws -> TemplateExpression {
    try binary([.add, .subtract]) { try $0.joined() }
  }

  private mutating func joined() throws -> TemplateExpression {
    try binary([.join]) { try $0.product() }
  }

  private mutating func product() throws -> TemplateExpression {
    try binary([.multiply, .divide, .divideDown, .remainder]) { try $0.power() }
  }

  private mutating func power() throws -> TemplateExpression {
    try binary([.power]) { try $0.filtered($0.signed()) }
  }

  /// A value with its signs; they bind tighter than filters.
  private mutating func signed() throws -> TemplateExpression {
    let line = line
    let isMinus = peek() == .sign("-")
    guard isMinus || peek() == .sign("+") else { return try postfix(primary()) }
    place += 1
    depth += 1
    defer { depth -= 1 }
    guard depth <= 60 else {
      throw TemplateProblem(line: line, message: "expressions are nested more than 60 deep")
    }
    let value = try signed()
    return TemplateExpression(form: isMinus ? .minus(value) : .plus(value), line: line)
  }

  private mutating func primary() throws -> TemplateExpression {
    let line = line
    func literal(_ value: TemplateLiteral) -> TemplateExpression {
      TemplateExpression(form: .literal(value), line: line)
    }
    switch peek() {
    case .integer(let value)?:
      place += 1
      return literal(.integer(value))
    case .number(let value)?:
      place += 1
      return literal(.number(value))
    case .text(var text)?:
      place += 1
      // Texts side by side are one.
      while case .text(let more)? = peek() {
        text += more
        place += 1
      }
      return literal(.text(text))
    case .name(let name)?:
      place += 1
      switch name {
      case "true", "True": return literal(.bool(true))
      case "false", "False": return literal(.bool(false))
      case "none", "None": return literal(.none)
      default: return TemplateExpression(form: .name(name), line: line)
      }
    case .sign("(")?:
      place += 1
      if take(")") { return TemplateExpression(form: .list([]), line: line) }
      let first = try expression()
      guard peek() == .sign(",") else {
        try expect(")")
        return first
      }
      var elements = [first]
      while take(",") {
        if peek() == .sign(")") { break }
        elements.append(try expression())
      }
      try expect(")")
      return TemplateExpression(form: .list(elements), line: line)
    case .sign("[")?:
      place += 1
      return TemplateExpression(form: .list(try elements(until: "]")), line: line)
    case .sign("{")?:
      place += 1
      return try dictionary(line)
    default: throw unexpected("a value")
    }
  }

  private mutating func elements(until end: String) throws -> [TemplateExpression] {
    var elements: [TemplateExpression] = []
    while !take(end) {
      if !elements.isEmpty {
        try expect(",")
        if take(end) { break }
      }
      elements.append(try expression())
    }
    return elements
  }

  private mutating func dictionary(_ line: Int) throws -> TemplateExpression {
    var members: [(key: TemplateExpression, value: TemplateExpression)] = []
    while !take("}") {
      if !members.isEmpty {
        try expect(",")
        if take("}") { break }
      }
      let key = try expression()
      try expect(":")
      members.append((key, try expression()))
    }
    return TemplateExpression(form: .dictionary(members), line: line)
  }

  /// Attributes, items and calls of a value.
  private mutating func postfix(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      let line = line
      if [.sign("."), .sign("["), .sign("(")].contains(peek()) { try countPart() }
      if take(".") {
        if case .integer(let index)? = peek() {
          place += 1
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

  private mutating func item(of value: TemplateExpression, _ line: Int) throws
    -> TemplateExpression
  {
    func isNext(_ sign: String) -> Bool { peek() == .sign(sign) }
    let first = isNext(":") ? nil : try tuple()
    guard take(":") else {
      try expect("]")
      guard let first else { throw unexpected("a value") }
      return TemplateExpression(form: .item(value, first), line: line)
    }
    let last = isNext(":") || isNext("]") ? nil : try expression()
    let step = take(":") && !isNext("]") ? try expression() : nil
    try expect("]")
    return TemplateExpression(form: .slice(value, from: first, to: last, by: step), line: line)
  }

  private mutating func arguments() throws -> TemplateArguments {
    try expect("(")
    var arguments = TemplateArguments()
    var isFirst = true
    while !take(")") {
      if !isFirst {
        try expect(",")
        if take(")") { break }
      }
      isFirst = false
      if case .name(let name)? = peek(), peek(1) == .sign("=") {
        place += 2
        arguments.named.append((name, try expression()))
      } else if peek() == .sign("*") || peek() == .sign("**") {
        throw TemplateProblem(line: line, message: "arguments with * are not supported")
      } else {
        arguments.values.append(try expression())
      }
    }
    return arguments
  }

  /// Filters and tests of a value.
  private mutating func filtered(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      let line = line
      if take("|") {
        try countPart()
        let name = try name()
        let given = peek() == .sign("(") ? try arguments() : TemplateArguments()
        value = TemplateExpression(form: .filter(value, name, given), line: line)
      } else if take(word: "is") {
        value = try test(of: value, line)
      } else {
        return value
      }
    }
  }

  private mutating func test(of value: TemplateExpression, _ line: Int) throws
    -> TemplateExpression
  {
    let isNegated = take(word: "not")
    let name = try name()
    var given: [TemplateExpression] = []
    if peek() == .sign("(") {
      given = try arguments().values
    } else if startsArgument {
      given = [try postfix(primary())]
    }
    let test = TemplateExpression(form: .test(value, name, given), line: line)
    return isNegated ? TemplateExpression(form: .not(test), line: line) : test
  }

  /// Whether what comes next is the argument of a test: `is divisibleby 3`.
  private var startsArgument: Bool {
    switch peek() {
    case .name(let name)?: !["else", "or", "and", "is", "if", "in", "not"].contains(name)
    case .text?, .integer?, .number?, .sign("[")?, .sign("{")?: true
    default: false
    }
  }
}

extension TemplateExpressionParser {
  // The loosest binding first.

  /// An expression, or several with commas between them: a tuple.
  mutating func tuple(conditions: Conditions = .allowed) throws -> TemplateExpression {
    let line = line
    let first = try expression(conditions: conditions)
    guard peek() == .sign(",") else { return first }
    var elements = [first]
    while take(",") {
      guard startsValue else { break }
      elements.append(try expression(conditions: conditions))
    }
    return TemplateExpression(form: .tuple(elements), line: line)
  }

  /// Whether a tuple goes on behind a comma.
  private var startsValue: Bool {
    switch peek() {
    case nil, .sign(")")?, .sign("]")?, .sign("=")?, .name("if")?, .name("in")?: false
    default: true
    }
  }

  mutating func expression(conditions: Conditions = .allowed) throws -> TemplateExpression {
    try nested { parser in
      let line = parser.line
      var value = try parser.disjunction()
      while conditions == .allowed, parser.take(word: "if") {
        try parser.countPart()
        let test = try parser.disjunction()
        let otherwise = parser.take(word: "else") ? try parser.expression() : nil
        value = TemplateExpression(form: .conditional(value, if: test, else: otherwise), line: line)
      }
      return value
    }
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
      advance()
      return comparison
    }
    if take(word: "in") { return .isIn }
    if peek() == .name("not"), peek(1) == .name("in") {
      advance(by: 2)
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
      advance()
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
    advance()
    let value = try nested { try $0.signed() }
    return try postfix(TemplateExpression(form: isMinus ? .minus(value) : .plus(value), line: line))
  }
}

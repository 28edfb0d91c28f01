extension TemplateExpressionParser {
  mutating func primary() throws -> TemplateExpression {
    let line = line
    func literal(_ value: TemplateLiteral) -> TemplateExpression {
      TemplateExpression(form: .literal(value), line: line)
    }
    switch peek() {
    case .integer(let value)?:
      advance()
      return literal(.integer(value))
    case .number(let value)?:
      advance()
      return literal(.number(value))
    case .text(var text)?:
      advance()
      // Texts side by side are one.
      while case .text(let more)? = peek() {
        text += more
        advance()
      }
      return literal(.text(text))
    case .name(let name)?:
      advance()
      switch name {
      case "true", "True": return literal(.bool(true))
      case "false", "False": return literal(.bool(false))
      case "none", "None": return literal(.none)
      default: return TemplateExpression(form: .name(name), line: line)
      }
    case .sign("(")?:
      advance()
      if take(")") { return TemplateExpression(form: .tuple([]), line: line) }
      let value = try tuple()
      try expect(")")
      return value
    case .sign("[")?:
      advance()
      return TemplateExpression(form: .list(try elements(until: "]")), line: line)
    case .sign("{")?:
      advance()
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
}

extension TemplateRun {
  func evaluate(_ expression: TemplateExpression, _ scope: TemplateScope) throws -> TemplateValue {
    try nested(expression.line) { try value(of: expression, scope) }
  }

  private func value(
    of expression: TemplateExpression, _ scope: TemplateScope
  ) throws -> TemplateValue {
    let line = expression.line
    switch expression.form {
    case .literal(let literal): return TemplateValue(literal)
    case .name(let name): return try named(name, line, scope)
    case .list(let elements): return try list(elements.map { try evaluate($0, scope) }, line)
    case .tuple(let elements):
      return try list(elements.map { try evaluate($0, scope) }, .tuple, line)
    case .dictionary(let members): return try dictionary(members, line, scope)
    case .attribute(let value, let name):
      return try attribute(name, of: evaluate(value, scope), line)
    case .item(let value, let key):
      return try item(evaluate(key, scope), of: evaluate(value, scope), line)
    case .slice(let value, let from, let to, let step):
      return try slice(
        evaluate(value, scope), place(from, scope), place(to, scope), place(step, scope) ?? 1, line)
    case .call(let function, let given):
      return try call(function, given, caller: nil, line, scope)
    case .filter(let value, let filter, let given):
      return try apply(
        filter, to: evaluate(value, scope), arguments(given, of: filter.rawValue, line, scope))
    case .test(let value, let test, let given):
      return .bool(
        try passes(
          evaluate(value, scope), test, arguments(given, of: test.rawValue, line, scope)))
    case .unknown(let construct): throw TemplateProblem.notSupported(construct, line: line)
    case .not(let value): return .bool(!(try evaluate(value, scope).isTrue))
    case .minus(let value): return try negated(evaluate(value, scope), line)
    case .plus(let value): return try number(evaluate(value, scope), line)
    case .and(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? try evaluate(right, scope) : value
    case .or(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? value : try evaluate(right, scope)
    case .binary(let sign, let left, let right):
      return try binary(sign, evaluate(left, scope), evaluate(right, scope), line)
    case .comparison(let first, let rest): return try compared(first, rest, line, scope)
    case .conditional(let value, let test, let otherwise):
      if try evaluate(test, scope).isTrue { return try evaluate(value, scope) }
      return try otherwise.map { try evaluate($0, scope) } ?? .undefined("the missing else")
    }
  }

  /// What Jinja gives to every template beside the functions that are known.
  private static let otherNames: Set<String> = ["cycler", "joiner", "lipsum", "self"]

  private func named(
    _ name: String, _ line: Int, _ scope: TemplateScope
  ) throws -> TemplateValue {
    if let value = scope.value(of: name) { return value }
    if let function = TemplateFunction(rawValue: name) { return .function(function) }
    guard !Self.otherNames.contains(name) else {
      throw TemplateProblem.notSupported("\"\(name)\"", line: line)
    }
    return .undefined(name)
  }

  private func dictionary(
    _ members: [(key: TemplateExpression, value: TemplateExpression)], _ line: Int,
    _ scope: TemplateScope
  ) throws -> TemplateValue {
    var dictionary = TemplateDictionary()
    for member in members {
      let written = try evaluate(member.key, scope)
      dictionary.set(try key(written, line), written, try evaluate(member.value, scope))
    }
    try check(nesting: dictionary.depth, line)
    return .dictionary(dictionary)
  }

  /// What finds a value in a dictionary.
  func key(_ value: TemplateValue, _ line: Int) throws -> TemplateKey {
    guard let key = try possibleKey(value, line) else {
      throw TemplateProblem(line: line, message: "\(value.typeName) cannot be a key")
    }
    return key
  }

  /// The same; nil if the value cannot be a key: lists and dictionaries cannot.
  func possibleKey(_ value: TemplateValue, _ line: Int) throws -> TemplateKey? {
    try step(line)
    switch value {
    case .none: return TemplateKey.none
    case .text(let text):
      try step(line, text: text)
      return .text(UTF8Text(text))
    case .number(let number): return Int(exactly: number).map { .integer($0) } ?? .number(number)
    case .bool, .integer: return .integer(value.asInteger ?? 0)
    case .list(let list) where list.kind == .tuple:
      var keys: [TemplateKey] = []
      for element in list.elements {
        guard let key = try possibleKey(element, line) else { return nil }
        keys.append(key)
      }
      return .tuple(keys)
    default: return nil
    }
  }

  private func compared(
    _ first: TemplateExpression, _ rest: [(TemplateComparison, TemplateExpression)], _ line: Int,
    _ scope: TemplateScope
  ) throws -> TemplateValue {
    var left = try evaluate(first, scope)
    for (comparison, expression) in rest {
      let right = try evaluate(expression, scope)
      guard try holds(comparison, left, right, line) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  private func place(_ expression: TemplateExpression?, _ scope: TemplateScope) throws -> Int? {
    guard let expression else { return nil }
    let value = try evaluate(expression, scope)
    if case .none = value { return nil }
    guard let integer = value.asInteger else {
      throw TemplateProblem(
        line: expression.line, message: "\(value.typeName) is no place in a list")
    }
    return integer
  }

  /// Python's `str`.
  func text(of value: TemplateValue, _ line: Int) throws -> String {
    let text = try TemplateWriter.text(of: value, line: line)
    try step(line, text: text)
    return text
  }
}

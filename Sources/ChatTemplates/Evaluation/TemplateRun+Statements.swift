extension TemplateRun {
  /// What a statement does to the loop it is in.
  enum Flow {
    case goesOn, leavesLoop, endsTurn
  }

  @discardableResult
  func run(_ statements: [TemplateStatement], _ scope: TemplateScope) throws -> Flow {
    for statement in statements {
      let flow = try nested(statement.line) { try run(statement, scope) }
      if flow != .goesOn { return flow }
    }
    return .goesOn
  }

  private func run(_ statement: TemplateStatement, _ scope: TemplateScope) throws -> Flow {
    let line = statement.line
    switch statement.form {
    case .text(let text): try write(text, line)
    case .output(let value): try write(text(of: evaluate(value, scope), line), line)
    case .condition(let branches, let otherwise):
      for branch in branches where try evaluate(branch.test, scope).isTrue {
        return try run(branch.body, scope)
      }
      return try run(otherwise, scope)
    case .loop(let loop): try run(loop, line, scope)
    case .set(let target, let value): try assign(target, evaluate(value, scope), line, scope)
    case .setText(let target, let block):
      try assign(target, value(of: block, scope), line, scope)
    case .filtered(let block): try write(text(of: value(of: block, scope), line), line)
    case .with(let values, let body):
      let inner = TemplateScope(inside: scope)
      for (target, value) in values { try assign(target, evaluate(value, scope), line, inner) }
      return try run(body, inner)
    case .macro(let macro):
      scope.set(macro.name, .macro(kept(TemplateClosure(macro, scope))))
    case .call(let function, let arguments, let caller):
      let closure = TemplateValue.macro(kept(TemplateClosure(caller, scope)))
      let result = try call(function, arguments, caller: closure, line, scope)
      try write(text(of: result, line), line)
    case .generation(let body):
      try marked { try run(body, TemplateScope(inside: scope)) }
    case .leaveLoop: return .leavesLoop
    case .nextTurn: return .endsTurn
    }
    return .goesOn
  }

  /// The text of a block, through its filters.
  private func value(of block: TemplateTextBlock, _ scope: TemplateScope) throws -> TemplateValue {
    let inner = TemplateScope(inside: scope)
    let text = try captured { try run(block.body, inner) }
    inner.set(TemplateTextBlock.name, .text(text))
    return try evaluate(block.filters, inner)
  }

  private func assign(
    _ target: TemplateTarget, _ value: TemplateValue, _ line: Int, _ scope: TemplateScope
  ) throws {
    switch target {
    case .name(let name): scope.set(name, value)
    case .attribute(let name, let attribute):
      guard case .namespace(let namespace)? = scope.value(of: name) else {
        throw TemplateProblem(
          line: line, message: "\"\(name)\" is no namespace: its attributes cannot be set")
      }
      try set(attribute, of: namespace, value, line)
    case .parts(let targets):
      let parts = try elements(of: value, line)
      guard parts.count == targets.count else {
        throw TemplateProblem(
          line: line, message: "\(targets.count) names are given \(parts.count) values")
      }
      for (target, part) in zip(targets, parts) { try assign(target, part, line, scope) }
    }
  }

  /// Sets an attribute; `transformers` refuses names that begin with an underscore.
  func set(
    _ attribute: String, of namespace: TemplateNamespace, _ value: TemplateValue, _ line: Int
  ) throws {
    guard !attribute.hasPrefix("_") else {
      throw TemplateProblem(
        line: line, message: "the attribute \"\(attribute)\" begins with an underscore")
    }
    try check(nesting: value.depth + 1, line)
    namespace.values.set(attribute, value)
  }

  // MARK: Loops

  private func run(_ loop: TemplateLoop, _ line: Int, _ scope: TemplateScope) throws {
    var values = try elements(of: evaluate(loop.elements, scope), line)
    if let filter = loop.filter {
      values = try values.filter { value in
        let inner = TemplateScope(inside: scope)
        try assign(loop.target, value, line, inner)
        return try evaluate(filter, inner).isTrue
      }
    }
    let state = kept(TemplateLoopState(values))
    var isAnyTurnWhole = false
    for (index, value) in values.enumerated() {
      try step(line)
      state.index = index
      let inner = TemplateScope(inside: scope)
      inner.set("loop", .loop(state))
      try assign(loop.target, value, line, inner)
      let flow = try run(loop.body, inner)
      if flow == .leavesLoop { break }
      // As Jinja has it, `else` follows unless a turn has come to its end.
      if flow == .goesOn { isAnyTurnWhole = true }
    }
    if !isAnyTurnWhole { try run(loop.otherwise, TemplateScope(inside: scope)) }
  }

  /// What a loop goes through.
  func elements(of value: TemplateValue, _ line: Int) throws -> [TemplateValue] {
    switch value {
    case .list(let list):
      try step(line, weight: list.elements.count / 16)
      return list.elements
    case .dictionary(let dictionary):
      try check(elements: dictionary.members.count, line)
      return dictionary.members.map(\.key)
    case .text(let text):
      try check(elements: text.utf8.count / 4, line)
      try check(elements: text.unicodeScalars.count, line)
      return text.unicodeScalars.map { .text(String($0)) }
    case .iterator(let iterator): return iterator.rest()
    case .undefined: return []
    default:
      throw TemplateProblem(line: line, message: "\(value.typeName) has no elements")
    }
  }
}

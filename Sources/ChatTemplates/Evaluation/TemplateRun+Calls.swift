extension TemplateRun {
  /// Calls what an expression stands for.
  func call(
    _ expression: TemplateExpression, _ given: TemplateCallArguments, caller: TemplateValue?,
    _ line: Int, _ scope: TemplateScope
  ) throws -> TemplateValue {
    let function = try evaluate(expression, scope)
    var arguments = try arguments(given, of: Self.name(of: expression), line, scope)
    switch function {
    case .macro(let closure): return try call(closure, arguments, caller: caller)
    case .method(let method):
      return try call(method, arguments)
    case .function(let function):
      if let caller { arguments.named.append(("caller", caller)) }
      return try call(function, arguments)
    default:
      throw TemplateProblem(line: line, message: "\(function.typeName) cannot be called")
    }
  }

  /// What messages call a function.
  private static func name(of expression: TemplateExpression) -> String {
    switch expression.form {
    case .name(let name), .attribute(_, let name): name
    default: "the call"
    }
  }

  func arguments(
    _ given: TemplateCallArguments, of callee: String, _ line: Int, _ scope: TemplateScope
  ) throws -> TemplateArguments {
    var arguments = TemplateArguments(
      callee: callee, values: try given.values.map { try evaluate($0, scope) },
      named: try given.named.map { ($0.name, try evaluate($0.value, scope)) }, line: line)
    if let more = given.more {
      arguments.values += try elements(of: evaluate(more, scope), line)
    }
    if let more = given.moreNamed {
      guard case .dictionary(let dictionary) = try evaluate(more, scope) else {
        throw arguments.problem("expects a dictionary behind **")
      }
      for (key, value) in dictionary.members {
        guard case .text(let name) = key, !arguments.named.contains(where: { $0.name == name })
        else { throw arguments.problem("is given a name twice, or one that is no text") }
        arguments.named.append((name, value))
      }
    }
    return arguments
  }

  /// Calls a macro.
  private func call(
    _ closure: TemplateClosure, _ given: TemplateArguments, caller: TemplateValue?
  ) throws -> TemplateValue {
    let (macro, line) = (closure.macro, given.line)
    let inner = TemplateScope(inside: closure.scope)
    if let caller { inner.set("caller", caller) }
    guard macro.takesMore || given.values.count <= macro.parameters.count else {
      throw TemplateProblem(
        line: line,
        message: "\"\(macro.name)\" takes \(macro.parameters.count) arguments, "
          + "not \(given.values.count)")
    }
    var rest = given.named
    for (index, parameter) in macro.parameters.enumerated() {
      if index < given.values.count {
        inner.set(parameter.name, given.values[index])
      } else if let place = rest.firstIndex(where: { $0.name == parameter.name }) {
        inner.set(parameter.name, rest.remove(at: place).value)
      } else if let fallback = parameter.fallback {
        inner.set(parameter.name, try evaluate(fallback, inner))
      } else {
        inner.set(parameter.name, .undefined(parameter.name))
      }
    }
    if macro.takesMore {
      let more = Array(given.values.dropFirst(macro.parameters.count))
      inner.set("varargs", try list(more, .tuple, line))
    }
    if macro.takesMoreNamed {
      var more = TemplateDictionary()
      for (name, value) in rest { more.set(name, value) }
      inner.set("kwargs", .dictionary(more))
    } else if let unknown = rest.first(where: { $0.name != "caller" }) {
      throw TemplateProblem(
        line: line, message: "\"\(macro.name)\" cannot be given \"\(unknown.name)\"")
    } else if let given = rest.first {
      inner.set("caller", given.value)
    }
    return try called(line) { try text(captured { try run(macro.body, inner) }, line) }
  }
}

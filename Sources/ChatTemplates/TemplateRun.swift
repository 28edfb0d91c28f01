import Foundation

/// Runs a template: what is written, and how far its work may go.
final class TemplateRun {
  /// How much a template may do.
  enum Limit {
    static let steps = 1_000_000
    static let bytes = 16 << 20
    static let calls = 20
    static let range = 100_000
  }

  /// What `strftime_now` takes for now.
  let now: Date
  private(set) var output = ""
  private var outputBytes = 0
  /// What generation blocks wrote, in UTF-8 bytes of the output.
  private(set) var generated: [Range<Int>] = []
  private var steps = 0
  private var calls = 0
  /// How many texts that are no part of the output are being made.
  private var captures = 0

  init(now: Date) { self.now = now }

  /// What a statement does to the loop it is in.
  enum Flow {
    case goesOn, leavesLoop, endsTurn
  }

  func step(_ line: Int) throws {
    steps += 1
    guard steps <= Limit.steps else {
      throw TemplateProblem(line: line, message: "takes more than \(Limit.steps) steps")
    }
  }

  /// Counts text that is made, written or not.
  func checked(_ text: String, _ line: Int) throws -> String {
    let count = text.utf8.count
    steps += count / 64
    guard count <= Limit.bytes else {
      throw TemplateProblem(
        line: line, message: "makes a text of more than \(Limit.bytes >> 20) MiB")
    }
    return text
  }

  private func write(_ text: String, _ line: Int) throws {
    output += text
    outputBytes += text.utf8.count
    guard outputBytes <= Limit.bytes else {
      throw TemplateProblem(line: line, message: "writes more than \(Limit.bytes >> 20) MiB")
    }
  }

  /// What statements write, as a text.
  private func captured(_ body: () throws -> Void) throws -> String {
    let (before, bytes) = (output, outputBytes)
    (output, outputBytes) = ("", 0)
    captures += 1
    defer {
      captures -= 1
      (output, outputBytes) = (before, bytes)
    }
    try body()
    return output
  }

  @discardableResult
  func run(_ statements: [TemplateStatement], _ scope: TemplateScope) throws -> Flow {
    for statement in statements {
      try step(statement.line)
      let flow = try run(statement, scope)
      if flow != .goesOn { return flow }
    }
    return .goesOn
  }

  private func run(_ statement: TemplateStatement, _ scope: TemplateScope) throws -> Flow {
    let line = statement.line
    switch statement.form {
    case .text(let text): try write(text, line)
    case .output(let value): try write(checked(evaluate(value, scope).text, line), line)
    case .condition(let branches, let otherwise):
      for branch in branches where try evaluate(branch.test, scope).isTrue {
        return try run(branch.body, scope)
      }
      return try run(otherwise, scope)
    case .loop(let loop): try run(loop, line, scope)
    case .set(let names, let value):
      try assign(names, evaluate(value, scope), line, scope)
    case .setAttribute(let name, let attribute, let value):
      guard case .namespace(let namespace) = scope.value(of: name) else {
        throw TemplateProblem(
          line: line, message: "\"\(name)\" is no namespace: its attributes cannot be set")
      }
      namespace.values[attribute] = try evaluate(value, scope)
    case .setText(let name, let body):
      let text = try captured { _ = try run(body, TemplateScope(inside: scope)) }
      scope.set(name, .text(text))
    case .macro(let macro): scope.set(macro.name, .macro(macro))
    case .generation(let body):
      let start = outputBytes
      let flow = try run(body, TemplateScope(inside: scope))
      if captures == 0, outputBytes > start { generated.append(start..<outputBytes) }
      return flow
    case .leaveLoop: return .leavesLoop
    case .nextTurn: return .endsTurn
    }
    return .goesOn
  }

  private func assign(
    _ names: [String], _ value: TemplateValue, _ line: Int, _ scope: TemplateScope
  ) throws {
    guard names.count > 1 else { return scope.set(names[0], value) }
    let parts = try elements(of: value, line)
    guard parts.count == names.count else {
      throw TemplateProblem(
        line: line, message: "\(names.count) names are given \(parts.count) values")
    }
    for (name, part) in zip(names, parts) { scope.set(name, part) }
  }

  private func run(_ loop: TemplateLoop, _ line: Int, _ scope: TemplateScope) throws {
    var values = try elements(of: evaluate(loop.elements, scope), line)
    if let filter = loop.filter {
      values = try values.filter { value in
        let inner = TemplateScope(inside: scope)
        try assign(loop.names, value, line, inner)
        return try evaluate(filter, inner).isTrue
      }
    }
    guard !values.isEmpty else {
      try run(loop.otherwise, TemplateScope(inside: scope))
      return
    }
    for (index, value) in values.enumerated() {
      try step(line)
      let inner = TemplateScope(inside: scope)
      inner.set("loop", Self.loop(values, index))
      try assign(loop.names, value, line, inner)
      if try run(loop.body, inner) == .leavesLoop { return }
    }
  }

  /// What `loop` is in a turn.
  private static func loop(_ values: [TemplateValue], _ index: Int) -> TemplateValue {
    let count = values.count
    func neighbour(_ place: Int, _ name: String) -> TemplateValue {
      values.indices.contains(place) ? values[place] : .undefined(name)
    }
    let members: [(String, TemplateValue)] = [
      ("index", .integer(index + 1)), ("index0", .integer(index)),
      ("revindex", .integer(count - index)), ("revindex0", .integer(count - index - 1)),
      ("first", .bool(index == 0)), ("last", .bool(index == count - 1)),
      ("length", .integer(count)), ("depth", .integer(1)), ("depth0", .integer(0)),
      ("previtem", neighbour(index - 1, "previtem")),
      ("nextitem", neighbour(index + 1, "nextitem")),
    ]
    let namespace = TemplateNamespace()
    for (name, value) in members { namespace.values[name] = value }
    return .namespace(namespace)
  }

  /// What a loop goes through.
  func elements(of value: TemplateValue, _ line: Int) throws -> [TemplateValue] {
    switch value {
    case .list(let values): return values
    case .dictionary(let dictionary): return dictionary.members.map(\.key)
    case .text(let text): return text.unicodeScalars.map { .text(String($0)) }
    case .undefined: return []
    default:
      throw TemplateProblem(line: line, message: "\(value.typeName) has no elements")
    }
  }

  /// Calls a macro.
  func call(
    _ macro: TemplateMacro, _ values: [TemplateValue], _ named: [(String, TemplateValue)],
    _ line: Int, _ scope: TemplateScope
  ) throws -> TemplateValue {
    calls += 1
    defer { calls -= 1 }
    guard calls <= Limit.calls else {
      throw TemplateProblem(
        line: line, message: "calls macros more than \(Limit.calls) deep")
    }
    guard values.count <= macro.parameters.count else {
      throw TemplateProblem(
        line: line,
        message: "\"\(macro.name)\" takes \(macro.parameters.count) arguments, not \(values.count)")
    }
    let inner = TemplateScope(inside: scope.outermost)
    for (index, parameter) in macro.parameters.enumerated() {
      if index < values.count {
        inner.set(parameter, values[index])
      } else if let given = named.last(where: { $0.0 == parameter }) {
        inner.set(parameter, given.1)
      } else if let value = macro.defaults[parameter] {
        inner.set(parameter, try evaluate(value, inner))
      } else {
        inner.set(parameter, .undefined(parameter))
      }
    }
    if let unknown = named.first(where: { !macro.parameters.contains($0.0) }) {
      throw TemplateProblem(
        line: line, message: "\"\(macro.name)\" has no argument \"\(unknown.0)\"")
    }
    return .text(try checked(try captured { _ = try run(macro.body, inner) }, line))
  }
}

/// Names and their values, inside of others.
final class TemplateScope {
  private var values: [String: TemplateValue] = [:]
  private let outside: TemplateScope?

  init(inside outside: TemplateScope?) { self.outside = outside }

  func value(of name: String) -> TemplateValue? { values[name] ?? outside?.value(of: name) }

  func set(_ name: String, _ value: TemplateValue) { values[name] = value }

  /// The scope of the whole template.
  var outermost: TemplateScope { outside?.outermost ?? self }
}

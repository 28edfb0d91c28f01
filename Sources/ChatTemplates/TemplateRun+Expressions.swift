import Foundation

extension TemplateRun {
  func evaluate(_ expression: TemplateExpression, _ scope: TemplateScope) throws -> TemplateValue {
    let line = expression.line
    try step(line)
    switch expression.form {
    case .literal(let literal): return TemplateValue(literal)
    case .name(let name):
      return scope.value(of: name) ?? TemplateFunction(rawValue: name).map { .function($0) }
        ?? .undefined(name)
    case .list(let elements): return .list(try elements.map { try evaluate($0, scope) })
    case .dictionary(let members):
      var dictionary = TemplateDictionary()
      for member in members {
        dictionary[try evaluate(member.key, scope)] = try evaluate(member.value, scope)
      }
      return .dictionary(dictionary)
    case .attribute(let value, let name):
      return try attribute(name, of: evaluate(value, scope), line)
    case .item(let value, let key):
      return try item(evaluate(key, scope), of: evaluate(value, scope), line)
    case .slice(let value, let from, let to, let step):
      func number(_ expression: TemplateExpression?) throws -> Int? {
        guard let expression else { return nil }
        let value = try evaluate(expression, scope)
        if case .none = value { return nil }
        guard let integer = value.asInteger else {
          throw TemplateProblem(line: line, message: "\(value.typeName) is no place in a list")
        }
        return integer
      }
      return try slice(
        evaluate(value, scope), number(from), number(to), number(step) ?? 1, line)
    case .call(let function, let arguments):
      return try call(
        evaluate(function, scope), arguments.values.map { try evaluate($0, scope) },
        arguments.named.map { ($0.name, try evaluate($0.value, scope)) }, line, scope)
    case .filter(let value, let name, let arguments):
      return try filter(
        name, evaluate(value, scope),
        TemplateFilterArguments(
          values: arguments.values.map { try evaluate($0, scope) },
          named: arguments.named.map { ($0.name, try evaluate($0.value, scope)) }, line: line))
    case .test(let value, let name, let arguments):
      return .bool(
        try test(
          name, evaluate(value, scope), arguments.map { try evaluate($0, scope) }, line))
    case .not(let value): return .bool(!(try evaluate(value, scope).isTrue))
    case .minus(let value):
      let value = try evaluate(value, scope)
      if let integer = value.asInteger { return .integer(try negated(integer, line)) }
      if let number = value.asNumber { return .number(-number) }
      throw TemplateProblem(line: line, message: "\(value.typeName) has no negative")
    case .plus(let value): return try evaluate(value, scope)
    case .and(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? try evaluate(right, scope) : value
    case .or(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? value : try evaluate(right, scope)
    case .binary(let sign, let left, let right):
      return try binary(sign, evaluate(left, scope), evaluate(right, scope), line)
    case .comparison(let first, let rest):
      var left = try evaluate(first, scope)
      for (comparison, expression) in rest {
        let right = try evaluate(expression, scope)
        guard try holds(comparison, left, right, line) else { return .bool(false) }
        left = right
      }
      return .bool(true)
    case .conditional(let value, let test, let otherwise):
      if try evaluate(test, scope).isTrue { return try evaluate(value, scope) }
      return try otherwise.map { try evaluate($0, scope) } ?? .undefined("the missing else")
    }
  }

  private func negated(_ value: Int, _ line: Int) throws -> Int {
    let (result, overflow) = 0.subtractingReportingOverflow(value)
    guard !overflow else { throw TemplateProblem(line: line, message: "a number is too large") }
    return result
  }

  // MARK: Parts

  /// `value.name`: a method or attribute, or else a key.
  func attribute(_ name: String, of value: TemplateValue, _ line: Int) throws -> TemplateValue {
    switch value {
    case .undefined(let missing):
      throw TemplateProblem(
        line: line, message: "\"\(missing)\" is undefined: it has no \"\(name)\"")
    case .namespace(let namespace): return namespace.values[name] ?? .undefined(name)
    default: break
    }
    if Self.methods(of: value).contains(name) { return .method(TemplateValueBox(value), name) }
    if case .dictionary(let dictionary) = value {
      return dictionary[.text(name)] ?? .undefined(name)
    }
    return .undefined(name)
  }

  /// `value[key]`
  func item(_ key: TemplateValue, of value: TemplateValue, _ line: Int) throws -> TemplateValue {
    switch value {
    case .undefined(let missing):
      throw TemplateProblem(
        line: line, message: "\"\(missing)\" is undefined: it has no \(key.representation)")
    case .dictionary(let dictionary):
      if let found = dictionary[key] { return found }
    case .list(let values):
      if let index = key.asInteger {
        let place = index < 0 ? index + values.count : index
        return values.indices.contains(place) ? values[place] : .undefined("\(index)")
      }
    case .text(let text):
      if let index = key.asInteger {
        let scalars = Array(text.unicodeScalars)
        let place = index < 0 ? index + scalars.count : index
        return scalars.indices.contains(place)
          ? .text(String(scalars[place])) : .undefined("\(index)")
      }
    default: break
    }
    if case .text(let name) = key { return try attribute(name, of: value, line) }
    return .undefined(key.text)
  }

  private func slice(
    _ value: TemplateValue, _ from: Int?, _ to: Int?, _ step: Int, _ line: Int
  ) throws -> TemplateValue {
    guard step != 0 else { throw TemplateProblem(line: line, message: "a step of 0") }
    func places(_ count: Int) -> [Int] {
      func bound(_ value: Int?, _ fallback: Int) -> Int {
        guard var value else { return fallback }
        if value < 0 { value = max(value, -count - 1) + count }
        return step > 0 ? min(max(value, 0), count) : min(max(value, -1), count - 1)
      }
      let start = bound(from, step > 0 ? 0 : count - 1)
      let end = bound(to, step > 0 ? count : -1)
      return Array(stride(from: start, to: end, by: step))
    }
    switch value {
    case .list(let values): return .list(places(values.count).map { values[$0] })
    case .text(let text):
      let scalars = Array(text.unicodeScalars)
      var result = String.UnicodeScalarView()
      for place in places(scalars.count) { result.append(scalars[place]) }
      return .text(String(result))
    case .undefined: return .undefined("a part of what is undefined")
    default: throw TemplateProblem(line: line, message: "\(value.typeName) has no parts")
    }
  }

  // MARK: Calls

  private func call(
    _ function: TemplateValue, _ values: [TemplateValue], _ named: [(String, TemplateValue)],
    _ line: Int, _ scope: TemplateScope
  ) throws -> TemplateValue {
    switch function {
    case .macro(let macro): return try call(macro, values, named, line, scope)
    case .method(let owner, let name):
      return try method(name, of: owner.value, values, named, line)
    case .function(let function): return try call(function, values, named, line)
    default: throw TemplateProblem(line: line, message: "\(function.typeName) cannot be called")
    }
  }

  private func call(
    _ function: TemplateFunction, _ values: [TemplateValue], _ named: [(String, TemplateValue)],
    _ line: Int
  ) throws -> TemplateValue {
    switch function {
    case .raise:
      throw TemplateProblem(
        line: line, message: "the template refuses this: \(values.first?.text ?? "")")
    case .strftime:
      guard case .text(let format)? = values.first else {
        throw TemplateProblem(line: line, message: "strftime_now expects a format")
      }
      return .text(formatted(now, format))
    case .namespace:
      let namespace = TemplateNamespace()
      if case .dictionary(let dictionary)? = values.first {
        for member in dictionary.members { namespace.values[member.key.text] = member.value }
      }
      for (name, value) in named { namespace.values[name] = value }
      return .namespace(namespace)
    case .dict:
      var dictionary = TemplateDictionary()
      if case .dictionary(let given)? = values.first { dictionary = given }
      for (name, value) in named { dictionary[.text(name)] = value }
      return .dictionary(dictionary)
    case .range:
      let numbers = values.compactMap(\.asInteger)
      guard numbers.count == values.count, 1...3 ~= numbers.count else {
        throw TemplateProblem(line: line, message: "range expects one to three integers")
      }
      let (start, end) = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
      let step = numbers.count == 3 ? numbers[2] : 1
      guard step != 0 else { throw TemplateProblem(line: line, message: "a step of 0") }
      let distance = Double(end) - Double(start)
      guard distance / Double(step) <= Double(Limit.range) else {
        throw TemplateProblem(line: line, message: "a range of more than \(Limit.range) numbers")
      }
      return .list(stride(from: start, to: end, by: step).map { .integer($0) })
    }
  }

  private func formatted(_ date: Date, _ format: String) -> String {
    var time = time_t(date.timeIntervalSince1970)
    var parts = tm()
    localtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 512)
    let count = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  // MARK: Signs

  private func binary(
    _ sign: TemplateOperator, _ left: TemplateValue, _ right: TemplateValue, _ line: Int
  ) throws -> TemplateValue {
    if sign == .join { return .text(try checked(left.text + right.text, line)) }
    switch (sign, left, right) {
    case (.add, .text(let a), .text(let b)): return .text(try checked(a + b, line))
    case (.add, .list(let a), .list(let b)):
      guard a.count + b.count <= Limit.range else {
        throw TemplateProblem(line: line, message: "a list of more than \(Limit.range) elements")
      }
      return .list(a + b)
    case (.multiply, .text(let text), _) where right.asInteger != nil:
      return .text(try repeated(text, right.asInteger ?? 0, line))
    case (.multiply, _, .text(let text)) where left.asInteger != nil:
      return .text(try repeated(text, left.asInteger ?? 0, line))
    default: break
    }
    func wrong() -> TemplateProblem {
      TemplateProblem(
        line: line,
        message: "\(left.typeName) and \(right.typeName) cannot be used with \"\(sign.rawValue)\"")
    }
    if sign != .divide, let a = left.asInteger, let b = right.asInteger {
      if let result = try integer(sign, a, b, line) { return .integer(result) }
    }
    guard let a = left.asNumber, let b = right.asNumber else { throw wrong() }
    switch sign {
    case .add: return .number(a + b)
    case .subtract: return .number(a - b)
    case .multiply: return .number(a * b)
    case .power: return .number(pow(a, b))
    case .divide, .divideDown, .remainder:
      guard b != 0 else { throw TemplateProblem(line: line, message: "a division by 0") }
      switch sign {
      case .divide: return .number(a / b)
      case .divideDown: return .number((a / b).rounded(.down))
      default: return .number(a - b * (a / b).rounded(.down))
      }
    case .join: throw wrong()
    }
  }

  /// Nil for a negative power, which is no integer.
  private func integer(
    _ sign: TemplateOperator, _ a: Int, _ b: Int, _ line: Int
  ) throws -> Int? {
    func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> Int {
      guard !result.overflow else {
        throw TemplateProblem(line: line, message: "a number is too large")
      }
      return result.partialValue
    }
    switch sign {
    case .add: return try checked(a.addingReportingOverflow(b))
    case .subtract: return try checked(a.subtractingReportingOverflow(b))
    case .multiply: return try checked(a.multipliedReportingOverflow(by: b))
    case .divideDown, .remainder:
      guard b != 0 else { throw TemplateProblem(line: line, message: "a division by 0") }
      let remainder = try checked(a.remainderReportingOverflow(dividingBy: b))
      let isRoundedUp = remainder != 0 && (remainder < 0) != (b < 0)
      guard sign == .divideDown else { return isRoundedUp ? remainder + b : remainder }
      return try checked(a.dividedReportingOverflow(by: b)) - (isRoundedUp ? 1 : 0)
    case .power:
      guard b >= 0 else { return nil }
      var result = 1
      for _ in 0..<min(b, 64) { result = try checked(result.multipliedReportingOverflow(by: a)) }
      guard b <= 64 || abs(a) <= 1 else {
        throw TemplateProblem(line: line, message: "a number is too large")
      }
      return b > 64 && a == -1 ? (b.isMultiple(of: 2) ? 1 : -1) : result
    case .divide, .join: return nil
    }
  }

  private func repeated(_ text: String, _ count: Int, _ line: Int) throws -> String {
    guard count > 0, !text.isEmpty else { return "" }
    guard count <= Limit.bytes / text.utf8.count else {
      throw TemplateProblem(
        line: line, message: "makes a text of more than \(Limit.bytes >> 20) MiB")
    }
    return String(repeating: text, count: count)
  }

  private func holds(
    _ comparison: TemplateComparison, _ left: TemplateValue, _ right: TemplateValue, _ line: Int
  ) throws -> Bool {
    switch comparison {
    case .equal: return left.equals(right)
    case .notEqual: return !left.equals(right)
    case .isIn: return try contains(right, left, line)
    case .isNotIn: return try !contains(right, left, line)
    case .less: return try isLess(left, right, line)
    case .greater: return try isLess(right, left, line)
    case .lessOrEqual: return try !isLess(right, left, line)
    case .greaterOrEqual: return try !isLess(left, right, line)
    }
  }

  /// Whether an element, key or part is in a value.
  func contains(_ whole: TemplateValue, _ part: TemplateValue, _ line: Int) throws -> Bool {
    switch (whole, part) {
    case (.text(let text), .text(let part)):
      return part.isEmpty || text.unicodeScalars.firstRange(of: part.unicodeScalars) != nil
    case (.list(let values), _): return values.contains { $0.equals(part) }
    case (.dictionary(let dictionary), _): return dictionary[part] != nil
    case (.undefined, _): return false
    default:
      throw TemplateProblem(
        line: line, message: "\(part.typeName) cannot be looked for in \(whole.typeName)")
    }
  }

  /// Python's order.
  func isLess(_ left: TemplateValue, _ right: TemplateValue, _ line: Int) throws -> Bool {
    if let a = left.asNumber, let b = right.asNumber { return a < b }
    if case (.text(let a), .text(let b)) = (left, right) {
      return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
    }
    if case (.list(let a), .list(let b)) = (left, right) {
      for (x, y) in zip(a, b) where !x.equals(y) { return try isLess(x, y, line) }
      return a.count < b.count
    }
    throw TemplateProblem(
      line: line, message: "\(left.typeName) and \(right.typeName) have no order")
  }
}

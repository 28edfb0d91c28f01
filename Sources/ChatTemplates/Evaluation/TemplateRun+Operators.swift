import Foundation

/// Signs between values.
extension TemplateRun {
  func negated(_ value: TemplateValue, _ line: Int) throws -> TemplateValue {
    switch try number(value, line) {
    case .integer(let integer): .integer(try whole(0.subtractingReportingOverflow(integer), line))
    case .number(let number): .number(-number)
    default: value
    }
  }

  /// The number that a value counts as.
  func number(_ value: TemplateValue, _ line: Int) throws -> TemplateValue {
    if let integer = value.asInteger { return .integer(integer) }
    guard case .number = value else {
      throw TemplateProblem(line: line, message: "\(value.typeName) is no number")
    }
    return value
  }

  func binary(
    _ sign: TemplateOperator, _ left: TemplateValue, _ right: TemplateValue, _ line: Int
  ) throws -> TemplateValue {
    switch (sign, left, right) {
    case (.join, _, _): return try text(text(of: left, line) + text(of: right, line), line)
    case (.add, .text(let a), .text(let b)): return try text(a + b, line)
    case (.add, .list(let a), .list(let b))
    where a.kind == b.kind && (a.kind == .list || a.kind == .tuple):
      try check(elements: a.elements.count + b.elements.count, line)
      return try list(a.elements + b.elements, a.kind, line)
    case (.multiply, .text, _), (.multiply, .list, _):
      if let count = right.asInteger { return try repeated(left, count, line) }
    case (.multiply, _, .text), (.multiply, _, .list):
      if let count = left.asInteger { return try repeated(right, count, line) }
    case (.remainder, .text, _):
      throw TemplateProblem.notSupported("\"%\" of a text", line: line)
    default: break
    }
    if let a = left.asInteger, let b = right.asInteger {
      return try integers(sign, a, b, line)
    }
    guard let a = left.asNumber, let b = right.asNumber else {
      throw TemplateProblem(
        line: line,
        message: "\(left.typeName) and \(right.typeName) cannot be used with \"\(sign.rawValue)\"")
    }
    return .number(try numbers(sign, a, b, line))
  }

  private func repeated(
    _ value: TemplateValue, _ count: Int, _ line: Int
  ) throws -> TemplateValue {
    let count = max(0, count)
    func product(_ size: Int) -> Int {
      let (product, overflow) = size.multipliedReportingOverflow(by: count)
      return overflow ? .max : product
    }
    switch value {
    case .text(let text):
      try check(bytes: product(text.utf8.count), line)
      return try self.text(text.isEmpty ? "" : String(repeating: text, count: count), line)
    case .list(let list) where list.kind == .list || list.kind == .tuple:
      guard product(list.elements.count) <= TemplateLimit.elements else {
        throw TemplateProblem(
          line: line, message: "makes a list of more than \(TemplateLimit.elements) elements")
      }
      let elements =
        list.elements.isEmpty ? [] : Array(repeatElement(list.elements, count: count).joined())
      return try self.list(elements, list.kind, line)
    default:
      throw TemplateProblem(line: line, message: "\(value.typeName) cannot be repeated")
    }
  }

  private func numbers(
    _ sign: TemplateOperator, _ a: Double, _ b: Double, _ line: Int
  ) throws -> Double {
    let result: Double
    switch sign {
    case .add: result = a + b
    case .subtract: result = a - b
    case .multiply: result = a * b
    case .power:
      guard a != 0 || b >= 0 else { throw TemplateProblem(line: line, message: "a division by 0") }
      result = pow(a, b)
      guard result.isFinite || !a.isFinite || !b.isFinite else {
        throw TemplateProblem(line: line, message: "a power is too large, or no number")
      }
    case .divide, .divideDown, .remainder:
      guard b != 0 else { throw TemplateProblem(line: line, message: "a division by 0") }
      if sign == .divide {
        result = a / b
      } else {
        let parts = PythonNumber.divided(a, by: b)
        result = sign == .divideDown ? parts.quotient : parts.remainder
      }
    case .join: result = .nan
    }
    return result
  }

  /// - Throws: `TemplateProblem` where Python's integers would go beyond 64 bits.
  private func integers(
    _ sign: TemplateOperator, _ a: Int, _ b: Int, _ line: Int
  ) throws -> TemplateValue {
    switch sign {
    case .add: return .integer(try whole(a.addingReportingOverflow(b), line))
    case .subtract: return .integer(try whole(a.subtractingReportingOverflow(b), line))
    case .multiply: return .integer(try whole(a.multipliedReportingOverflow(by: b), line))
    case .divideDown, .remainder:
      guard b != 0 else { throw TemplateProblem(line: line, message: "a division by 0") }
      let remainder = b == -1 ? 0 : a % b
      let isRoundedUp = remainder != 0 && (remainder < 0) != (b < 0)
      guard sign == .divideDown else {
        return .integer(isRoundedUp ? remainder + b : remainder)
      }
      let quotient = try whole(a.dividedReportingOverflow(by: b), line)
      return .integer(isRoundedUp ? quotient - 1 : quotient)
    case .power where b >= 0: return .integer(try power(a, b, line))
    case .divide, .power, .join: return .number(try numbers(sign, Double(a), Double(b), line))
    }
  }

  private func power(_ base: Int, _ exponent: Int, _ line: Int) throws -> Int {
    guard base.magnitude > 1 else {
      return base == -1 && exponent.isMultiple(of: 2) ? 1 : exponent == 0 ? 1 : base
    }
    var result = 1
    for _ in 0..<min(exponent, 64) {
      result = try whole(result.multipliedReportingOverflow(by: base), line)
    }
    return result
  }

  private func whole(_ result: (partialValue: Int, overflow: Bool), _ line: Int) throws -> Int {
    guard !result.overflow else {
      throw TemplateProblem(line: line, message: "an integer is too large for 64 bits")
    }
    return result.partialValue
  }
}

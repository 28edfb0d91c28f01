import Foundation

/// Filters that make numbers.
extension TemplateRun {
  func applyToNumber(
    _ filter: TemplateFilter, _ value: TemplateValue, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let line = given.line
    switch filter {
    case .int: return try integer(value, given)
    case .float:
      let fallback = try given.bound("default")[0] ?? .number(0)
      if case .undefined = value { throw given.problem("expects a number: \(value.typeName)") }
      if let number = value.asNumber { return .number(number) }
      guard case .text(let text) = value, let number = PythonNumber.number(text) else {
        return fallback
      }
      return .number(number)
    case .round: return try rounded(value, given)
    default:
      _ = try given.bound()
      let value = try number(value, line)
      return value.asNumber ?? 0 < 0 ? try negated(value, line) : magnitude(value)
    }
  }

  private func magnitude(_ value: TemplateValue) -> TemplateValue {
    if case .number(let number) = value { .number(Swift.abs(number)) } else { value }
  }

  private func integer(
    _ value: TemplateValue, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let bound = try given.bound("default", "base")
    if let integer = value.asInteger { return .integer(integer) }
    let number: Double?
    switch value {
    case .undefined: throw given.problem("expects a number: \(value.typeName)")
    case .number(let value): number = value
    case .text(let text):
      try step(given.line, text: text)
      if let integer = PythonNumber.integer(of: text, base: try given.integer(bound[1]) ?? 10) {
        return .integer(integer)
      }
      number = PythonNumber.number(text)
    default: number = nil
    }
    guard let number, number.isFinite else { return bound[0] ?? .integer(0) }
    guard let integer = Int(exactly: number.rounded(.towardZero)) else {
      throw given.problem("makes an integer that is too large for 64 bits")
    }
    return .integer(integer)
  }

  /// How the filter `round` rounds.
  private enum Rounding: String {
    case common, ceil, floor
  }

  private func rounded(
    _ value: TemplateValue, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let bound = try given.bound("precision", "method")
    let digits = try given.integer(bound[0]) ?? 0
    let name = try given.text(bound[1]) ?? Rounding.common.rawValue
    guard let rounding = Rounding(rawValue: name) else {
      throw given.problem("expects the method common, ceil or floor")
    }
    let number = try number(value, given.line)
    if rounding == .common {
      guard let integer = number.asInteger else {
        return .number(PythonNumber.rounded(number.asNumber ?? 0, digits: digits))
      }
      guard digits < 0 else { return .integer(integer) }
      guard let result = PythonNumber.rounded(integer, zeros: digits == .min ? .max : -digits)
      else {
        throw given.problem("makes an integer that is too large for 64 bits")
      }
      return .integer(result)
    }
    guard -300...300 ~= digits else { throw given.problem("expects a precision up to 300") }
    let unit = pow(10, Double(digits))
    let scaled = (number.asNumber ?? 0) * unit
    return .number((rounding == .ceil ? scaled.rounded(.up) : scaled.rounded(.down)) / unit)
  }
}

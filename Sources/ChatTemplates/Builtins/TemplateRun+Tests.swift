/// What tests ask.
extension TemplateRun {
  /// Whether a value passes a test.
  func passes(
    _ value: TemplateValue, _ test: TemplateTest, _ given: TemplateArguments
  ) throws -> Bool {
    let line = given.line
    if let comparison = test.comparison {
      return try holds(comparison, value, argument(given), line)
    }
    switch test {
    case .sameas:
      let other = try argument(given)
      return try value.typeName == other.typeName && isEqual(value, other, line)
    case .divisibleby:
      return try isMultiple(value, of: argument(given), line)
    default: _ = try given.positional(0...0)
    }
    switch test {
    case .odd: return try isRemainder(1, value, line)
    case .even: return try isRemainder(0, value, line)
    case .lower: return try PythonText.isLower(text(of: value, line))
    case .upper: return try PythonText.isUpper(text(of: value, line))
    case .filter: return try TemplateFilter(rawValue: text(of: value, line)) != nil
    case .test: return try TemplateTest(rawValue: text(of: value, line)) != nil
    default: return Self.is(value, test)
    }
  }

  private func argument(_ given: TemplateArguments) throws -> TemplateValue {
    guard let argument = try given.positional(1...1)[0] else {
      throw given.problem("expects a value")
    }
    return argument
  }

  private func isRemainder(_ remainder: Int, _ value: TemplateValue, _ line: Int) throws -> Bool {
    try isEqual(binary(.remainder, value, .integer(2), line), .integer(remainder), line)
  }

  private func isMultiple(
    _ value: TemplateValue, of divisor: TemplateValue, _ line: Int
  ) throws -> Bool {
    try isEqual(binary(.remainder, value, divisor, line), .integer(0), line)
  }

  /// What can be told from the kind of a value.
  private static func `is`(_ value: TemplateValue, _ test: TemplateTest) -> Bool {
    switch (test, value) {
    case (.defined, _): !value.isUndefined
    case (.undefined, .undefined), (.none, .none), (.string, .text), (.mapping, .dictionary),
      (.boolean, .bool), (.true, .bool(true)), (.false, .bool(false)), (.integer, .integer),
      (.float, .number):
      true
    case (.number, _): value.asNumber != nil
    case (.sequence, .list(let list)): list.kind.isSequence
    case (.sequence, .text), (.sequence, .dictionary), (.sequence, .undefined): true
    case (.iterable, .text), (.iterable, .list), (.iterable, .dictionary), (.iterable, .undefined),
      (.iterable, .iterator), (.iterable, .loop):
      true
    case (.callable, .macro), (.callable, .function), (.callable, .method), (.callable, .undefined):
      true
    default: false
    }
  }
}

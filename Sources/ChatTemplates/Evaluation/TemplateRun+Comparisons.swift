/// Python's comparisons.
extension TemplateRun {
  func holds(
    _ comparison: TemplateComparison, _ left: TemplateValue, _ right: TemplateValue, _ line: Int
  ) throws -> Bool {
    switch comparison {
    case .equal: try isEqual(left, right, line)
    case .notEqual: try !isEqual(left, right, line)
    case .isIn: try contains(right, left, line)
    case .isNotIn: try !contains(right, left, line)
    case .less: try isOrdered(left, right, line, equals: .excluded)
    case .greater: try isOrdered(right, left, line, equals: .excluded)
    case .lessOrEqual: try isOrdered(left, right, line, equals: .included)
    case .greaterOrEqual: try isOrdered(right, left, line, equals: .included)
    }
  }

  /// Whether Python's `==` holds.
  func isEqual(_ a: TemplateValue, _ b: TemplateValue, _ line: Int) throws -> Bool {
    try step(line)
    switch (a, b) {
    case (.none, .none), (.undefined, .undefined): return true
    case (.text(let a), .text(let b)):
      try step(line, text: a)
      return PythonText.isSame(a, b)
    case (.list(let a), .list(let b)):
      guard Self.haveSameKind(a, b), a.elements.count == b.elements.count else { return false }
      for (a, b) in zip(a.elements, b.elements) where try !isEqual(a, b, line) { return false }
      return true
    case (.dictionary(let a), .dictionary(let b)):
      guard a.members.count == b.members.count else { return false }
      for (written, value) in a.members {
        guard let other = b[try key(written, line)], try isEqual(value, other, line) else {
          return false
        }
      }
      return true
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.iterator(let a), .iterator(let b)): return a === b
    case (.loop(let a), .loop(let b)): return a === b
    case (.macro(let a), .macro(let b)): return a === b
    case (.function(let a), .function(let b)): return a == b
    default:
      if let a = a.asInteger, let b = b.asInteger { return a == b }
      guard let a = a.asNumber, let b = b.asNumber else { return false }
      return a == b
    }
  }

  /// Whether two lists can be equal: ranges are by their numbers.
  private static func haveSameKind(_ a: TemplateList, _ b: TemplateList) -> Bool {
    if case .range = a.kind, case .range = b.kind { return true }
    return a.kind == b.kind
  }

  /// Whether what is equal counts as ordered.
  enum Equals {
    case included, excluded
  }

  /// Whether Python's `<`, or `<=`, holds.
  func isOrdered(
    _ left: TemplateValue, _ right: TemplateValue, _ line: Int, equals: Equals
  ) throws -> Bool {
    try step(line)
    switch (left, right) {
    case (.text(let a), .text(let b)):
      try step(line, text: a)
      let isSame = equals == .included && PythonText.isSame(a, b)
      // UTF-8 has the order of the scalars.
      return isSame || a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.list(let a), .list(let b))
    where a.kind == b.kind && (a.kind == .list || a.kind == .tuple):
      for (x, y) in zip(a.elements, b.elements) where try !isEqual(x, y, line) {
        return try isOrdered(x, y, line, equals: equals)
      }
      return equals == .included
        ? a.elements.count <= b.elements.count : a.elements.count < b.elements.count
    default:
      if let a = left.asInteger, let b = right.asInteger {
        return equals == .included ? a <= b : a < b
      }
      if let a = left.asNumber, let b = right.asNumber {
        return equals == .included ? a <= b : a < b
      }
      throw TemplateProblem(
        line: line, message: "\(left.typeName) and \(right.typeName) have no order")
    }
  }

  func isLess(_ left: TemplateValue, _ right: TemplateValue, _ line: Int) throws -> Bool {
    try isOrdered(left, right, line, equals: .excluded)
  }

  /// Whether an element, key or part is in a value.
  func contains(_ whole: TemplateValue, _ part: TemplateValue, _ line: Int) throws -> Bool {
    switch (whole, part) {
    case (.text(let text), .text(let part)):
      try step(line, text: text)
      return PythonText.contains(text, part)
    case (.dictionary(let dictionary), _): return dictionary[try key(part, line)] != nil
    case (.list, _), (.iterator, _), (.undefined, _):
      for element in try elements(of: whole, line) where try isEqual(element, part, line) {
        return true
      }
      return false
    default:
      throw TemplateProblem(
        line: line, message: "\(part.typeName) cannot be looked for in \(whole.typeName)")
    }
  }
}

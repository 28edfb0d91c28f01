/// Filters that apply a filter or a test to each element.
extension TemplateRun {
  func mapped(_ value: TemplateValue, _ given: TemplateArguments) throws -> [TemplateValue] {
    let line = given.line
    if given.values.isEmpty, given.named.contains(where: { $0.name == "attribute" }) {
      let bound = try given.bound("attribute", "default")
      let path = try path(bound[0], given)
      return try elements(of: value, line).map { try part(path, of: $0, line, or: bound[1]) }
    }
    guard case .text(let name)? = given.values.first else {
      throw given.problem("expects the name of a filter, or an attribute")
    }
    guard let filter = TemplateFilter(rawValue: name) else {
      throw TemplateProblem.notSupported("the filter \"\(name)\"", line: line)
    }
    let inner = TemplateArguments(
      callee: name, values: Array(given.values.dropFirst()), named: given.named, line: line)
    return try elements(of: value, line).map { element in
      try nested(line) { try apply(filter, to: element, inner) }
    }
  }

  /// The elements that pass a test, or those that do not.
  func selected(
    _ filter: TemplateFilter, _ value: TemplateValue, _ given: TemplateArguments
  ) throws -> [TemplateValue] {
    let line = given.line
    var rest = given.values[...]
    var path: [TemplateValue] = []
    if filter == .selectattr || filter == .rejectattr {
      guard let attribute = rest.popFirst() else { throw given.problem("expects an attribute") }
      path = try self.path(attribute, given)
    }
    var test: TemplateTest?
    if let name = rest.popFirst() {
      let name = try text(of: name, line)
      guard let known = TemplateTest(rawValue: name) else {
        throw TemplateProblem.notSupported("the test \"\(name)\"", line: line)
      }
      test = known
    }
    let inner = TemplateArguments(
      callee: test?.rawValue ?? given.callee, values: Array(rest), named: given.named, line: line)
    let isChosen = filter == .select || filter == .selectattr
    return try elements(of: value, line).filter { element in
      let part = try part(path, of: element, line)
      try step(line)
      return try (test.map { try passes(part, $0, inner) } ?? part.isTrue) == isChosen
    }
  }
}

/// What filters do.
extension TemplateRun {
  /// What a filter makes of a value.
  func apply(
    _ filter: TemplateFilter, to value: TemplateValue, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let line = given.line
    switch filter {
    case .capitalize, .lower, .safe, .string, .title, .upper, .trim, .replace, .indent:
      return try applyToText(filter, text(of: value, line), of: value, given)
    case .tojson: return try text(json(given).text(of: value), line)
    case .default, .d:
      let bound = try given.bound("default_value", "boolean")
      let isReplaced = value.isUndefined || (bound[1]?.isTrue ?? false) && !value.isTrue
      return isReplaced ? bound[0] ?? .text("") : value
    case .abs, .float, .int, .round: return try applyToNumber(filter, value, given)
    case .count, .length:
      _ = try given.bound()
      return .integer(try length(value, line))
    case .first:
      _ = try given.bound()
      if case .iterator(let iterator) = value {
        return iterator.next() ?? .undefined("the first item")
      }
      return try elements(of: value, line).first ?? .undefined("the first item")
    case .last:
      _ = try given.bound()
      if case .iterator = value { throw given.problem("cannot take the last of \(value.typeName)") }
      return try elements(of: value, line).last ?? .undefined("the last item")
    case .list:
      _ = try given.bound()
      return try list(elements(of: value, line), line)
    case .map: return try iterator(mapped(value, given))
    case .select, .reject, .selectattr, .rejectattr:
      return try iterator(selected(filter, value, given))
    case .dictsort, .items, .join, .max, .min, .reverse, .sort, .sum, .unique:
      return try applyToElements(filter, value, given)
    }
  }

  func iterator(_ elements: [TemplateValue]) -> TemplateValue {
    .iterator(kept(TemplateIterator(elements)))
  }

  func length(_ value: TemplateValue, _ line: Int) throws -> Int {
    switch value {
    case .text(let text):
      try step(line, text: text)
      return text.unicodeScalars.count
    case .list(let list): return list.elements.count
    case .dictionary(let dictionary): return dictionary.members.count
    case .loop(let loop): return loop.count
    case .undefined: return 0
    default: throw TemplateProblem(line: line, message: "\(value.typeName) has no length")
    }
  }
}

/// Filters of what has elements.
extension TemplateRun {
  func applyToElements(
    _ filter: TemplateFilter, _ value: TemplateValue, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let line = given.line
    switch filter {
    case .items:
      _ = try given.bound()
      return iterator(try items(of: value, given))
    case .dictsort: return try sortedMembers(of: value, given)
    case .join:
      let bound = try given.bound("d", "attribute")
      let separator = try text(of: bound[0] ?? .text(""), line)
      let path = try path(bound[1], given)
      let parts = try elements(of: value, line).map {
        try text(of: part(path, of: $0, line), line)
      }
      try check(joined: parts, with: separator, line)
      return try text(parts.joined(separator: separator), line)
    case .reverse:
      _ = try given.bound()
      if case .text(let text) = value { return try self.text(PythonText.reversed(text), line) }
      let reversed = try elements(of: value, line).reversed() as [TemplateValue]
      if case .iterator = value { return try list(reversed, line) }
      return iterator(reversed)
    case .sort: return try sorted(value, given)
    case .unique: return iterator(try unique(value, given))
    case .sum:
      let bound = try given.bound("attribute", "start")
      let path = try path(bound[0], given)
      return try elements(of: value, line).reduce(bound[1] ?? .integer(0)) {
        try binary(.add, $0, part(path, of: $1, line), line)
      }
    default: return try extreme(filter, value, given)
    }
  }

  /// The members of a dictionary as pairs.
  func items(of value: TemplateValue, _ given: TemplateArguments) throws -> [TemplateValue] {
    if case .undefined = value { return [] }
    guard case .dictionary(let dictionary) = value else {
      throw given.problem("expects a dictionary, not \(value.typeName)")
    }
    try check(elements: dictionary.members.count, given.line)
    return try dictionary.members.map { try list([$0.key, $0.value], .tuple, given.line) }
  }

  // MARK: Attributes of elements

  /// The keys that lead to a part of an element: `a.b`.
  func path(_ value: TemplateValue?, _ given: TemplateArguments) throws -> [TemplateValue] {
    switch value {
    case nil, .none?: return []
    case .text(let text)?:
      try step(given.line, text: text)
      return PythonText.parts(text, between: ".", atMost: .max).map { name in
        let isIndex = !name.isEmpty && name.utf8.allSatisfy { 0x30...0x39 ~= $0 }
        return isIndex ? Int(name).map { .integer($0) } ?? .text(name) : .text(name)
      }
    case .integer?: return value.map { [$0] } ?? []
    case let value?: throw given.problem("expects the name of an attribute, not \(value.typeName)")
    }
  }

  func part(
    _ path: [TemplateValue], of value: TemplateValue, _ line: Int, or fallback: TemplateValue? = nil
  ) throws -> TemplateValue {
    try path.reduce(value) { value, key in
      try step(line)
      let part = try item(key, of: value, line)
      return part.isUndefined ? fallback ?? part : part
    }
  }

  // MARK: Order

  /// Whether capitals count.
  private enum Capitals {
    case count, doNotCount
  }

  private func capitals(_ value: TemplateValue?) -> Capitals {
    value?.isTrue ?? false ? .count : .doNotCount
  }

  private func comparable(
    _ value: TemplateValue, _ capitals: Capitals, _ line: Int
  ) throws -> TemplateValue {
    guard capitals == .doNotCount, case .text(let text) = value else { return value }
    return try self.text(PythonText.lower(text), line)
  }

  /// Elements in the order of their keys; those that are equal stay in theirs.
  private func sorted<Element>(
    _ elements: [Element], _ line: Int, backwards: Bool, _ key: (Element) throws -> TemplateValue
  ) throws -> [Element] {
    let keyed = try elements.enumerated().map { (place: $0, key: try key($1), element: $1) }
    return try keyed.sorted { a, b in
      let (first, second) = backwards ? (b, a) : (a, b)
      if try isLess(first.key, second.key, line) { return true }
      return try a.place < b.place && !isLess(second.key, first.key, line)
    }.map(\.element)
  }

  private func sorted(_ value: TemplateValue, _ given: TemplateArguments) throws -> TemplateValue {
    let bound = try given.bound("reverse", "case_sensitive", "attribute")
    let capitals = capitals(bound[1])
    var paths = [try path(bound[2], given)]
    if case .text(let names)? = bound[2] {
      paths = try PythonText.parts(names, between: ",", atMost: .max).map {
        try path(.text($0), given)
      }
    }
    let result = try sorted(
      elements(of: value, given.line), given.line, backwards: bound[0]?.isTrue ?? false
    ) { element in
      try list(
        paths.map { try comparable(part($0, of: element, given.line), capitals, given.line) },
        given.line)
    }
    return try list(result, given.line)
  }

  /// What the filter `dictsort` sorts by.
  private enum Sorting: String {
    case key, value
  }

  private func sortedMembers(
    of value: TemplateValue, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let bound = try given.bound("case_sensitive", "by", "reverse")
    guard let sorting = Sorting(rawValue: try given.text(bound[1]) ?? "key") else {
      throw given.problem("sorts by key or value")
    }
    guard case .dictionary(let dictionary) = value else {
      throw given.problem("expects a dictionary, not \(value.typeName)")
    }
    let capitals = capitals(bound[0])
    let members = try sorted(
      dictionary.members, given.line, backwards: bound[2]?.isTrue ?? false
    ) { member in
      try comparable(sorting == .key ? member.key : member.value, capitals, given.line)
    }
    return try list(
      members.map { try list([$0.key, $0.value], .tuple, given.line) }, given.line)
  }

  private func unique(
    _ value: TemplateValue, _ given: TemplateArguments
  ) throws -> [TemplateValue] {
    let bound = try given.bound("case_sensitive", "attribute")
    let path = try path(bound[1], given)
    var seen: Set<TemplateKey> = []
    return try elements(of: value, given.line).filter { element in
      let part = try comparable(part(path, of: element, given.line), capitals(bound[0]), given.line)
      return seen.insert(try key(part, given.line)).inserted
    }
  }

  /// The smallest or the largest element.
  private func extreme(
    _ filter: TemplateFilter, _ value: TemplateValue, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let bound = try given.bound("case_sensitive", "attribute")
    let path = try path(bound[1], given)
    var best: (key: TemplateValue, element: TemplateValue)?
    for element in try elements(of: value, given.line) {
      let key = try comparable(part(path, of: element, given.line), capitals(bound[0]), given.line)
      guard let known = best?.key else {
        best = (key, element)
        continue
      }
      let isBetter =
        filter == .min ? try isLess(key, known, given.line) : try isLess(known, key, given.line)
      if isBetter { best = (key, element) }
    }
    return best?.element ?? .undefined("the element of an empty list")
  }
}

/// Filters that make texts.
extension TemplateRun {
  /// - Parameter value: what the text was before it was written.
  func applyToText(
    _ filter: TemplateFilter, _ text: String, of value: TemplateValue, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let line = given.line
    switch filter {
    case .replace:
      let bound = try given.bound("s", "new", "count", required: 2)
      return try self.text(
        replaced(
          text, self.text(of: bound[0] ?? .none, line), by: self.text(of: bound[1] ?? .none, line),
          atMost: limit(bound[2], given), line), line)
    case .trim:
      let characters = try given.optionalText(given.bound("chars")[0])
      return try self.text(PythonText.stripped(text, of: characters, .both), line)
    case .indent:
      guard case .text = value else { throw given.problem("expects a text, not \(value.typeName)") }
      return try self.text(indented(text, given), line)
    default: _ = try given.bound()
    }
    switch filter {
    case .capitalize: return try self.text(PythonText.capitalized(text), line)
    case .lower: return try self.text(PythonText.lower(text), line)
    case .title: return try self.text(PythonText.titledWords(text), line)
    case .upper: return try self.text(PythonText.upper(text), line)
    default: return .text(text)
    }
  }

  private func limit(_ value: TemplateValue?, _ given: TemplateArguments) throws -> Int {
    if case .none? = value { return .max }
    return try given.count(value)
  }

  /// Python's `replace`.
  func replaced(
    _ text: String, _ old: String, by new: String, atMost most: Int, _ line: Int
  ) throws -> String {
    let parts: [String]
    if old.isEmpty {
      // Something is put before each character and at the end.
      let scalars = text.unicodeScalars
      try check(bytes: scalars.count, line)
      parts = [""] + scalars.map { String($0) } + [""]
      guard most >= parts.count - 1 else {
        throw TemplateProblem.notSupported("replacing some empty texts", line: line)
      }
    } else {
      parts = PythonText.parts(text, between: old, atMost: most)
    }
    try check(joined: parts, with: new, line)
    return parts.joined(separator: new)
  }

  /// Refuses to join what makes a text that is too long.
  func check(joined parts: [String], with separator: String, _ line: Int) throws {
    let (size, overflow) = separator.utf8.count.multipliedReportingOverflow(by: parts.count)
    try check(bytes: overflow ? .max : size, line)
    try step(line, weight: parts.count / 16)
    var bytes = size
    for part in parts {
      bytes += part.utf8.count
      try check(bytes: bytes, line)
    }
  }

  private func indented(_ text: String, _ given: TemplateArguments) throws -> String {
    let bound = try given.bound("width", "first", "blank")
    var blanks = "    "
    if case .text(let text)? = bound[0] {
      blanks = text
    } else if let width = try given.integer(bound[0]) {
      guard width <= 1000 else { throw given.problem("expects a width up to 1000") }
      blanks = String(repeating: " ", count: max(0, width))
    }
    let lines = PythonText.lines(text + "\n", keepingEnds: false)
    let (indentsFirst, indentsBlank) = (bound[1]?.isTrue ?? false, bound[2]?.isTrue ?? false)
    try check(joined: lines, with: "\n" + blanks, given.line)
    return lines.enumerated().map { index, line in
      let isIndented = index == 0 ? indentsFirst : indentsBlank || !line.isEmpty
      return isIndented ? blanks + line : line
    }.joined(separator: "\n")
  }

  /// `tojson` as `transformers` defines it.
  func json(_ given: TemplateArguments) throws -> TemplateJSON {
    let bound = try given.bound("ensure_ascii", "indent", "separators", "sort_keys")
    var json = TemplateJSON(line: given.line)
    if bound[0]?.isTrue ?? false { json.characters = .ascii }
    if bound[3]?.isTrue ?? false { json.order = .byKey }
    switch bound[1] {
    case nil, .none?: break
    case .text(let text)? where text.utf8.count <= 64: json.indent = text
    case let value?:
      guard let width = value.asInteger, width <= 64 else {
        throw given.problem("expects an indent up to 64")
      }
      json.indent = String(repeating: " ", count: max(0, width))
    }
    switch bound[2] {
    case nil, .none?: break
    case .list(let list)?:
      guard list.elements.count == 2, let element = try given.text(list.elements[0]),
        let key = try given.text(list.elements[1])
      else { throw given.problem("expects two separators") }
      json.separators = (element, key)
    case let value?: throw given.problem("expects two separators, not \(value.typeName)")
    }
    return json
  }
}

/// Python's methods of texts.
enum TextMethod: String {
  case capitalize, count, endswith, find, index, isalnum, isalpha, isdigit, islower, isspace,
    isupper
  case join, lower, lstrip, partition, removeprefix, removesuffix, replace, rfind, rindex,
    rpartition
  case rsplit, rstrip, split, splitlines, startswith, strip, title, upper
}

extension TemplateRun {
  func call(
    _ method: TextMethod, of text: String, _ given: TemplateArguments
  ) throws -> TemplateValue {
    try step(given.line, text: text)
    switch method {
    case .count, .find, .index, .rfind, .rindex: return try place(method, text, given)
    case .startswith, .endswith: return .bool(try matches(method, text, given))
    case .isalnum, .isalpha, .isdigit, .islower, .isspace, .isupper:
      _ = try given.positional(0...0)
      return .bool(Self.is(text, method))
    case .partition, .rpartition, .rsplit, .split, .splitlines:
      return try cut(method, text, given)
    default: return try self.text(changed(method, text, given), given.line)
    }
  }

  // MARK: Another text

  private func changed(
    _ method: TextMethod, _ text: String, _ given: TemplateArguments
  ) throws -> String {
    switch method {
    case .strip, .lstrip, .rstrip:
      let characters = try given.optionalText(given.positional(0...1)[0])
      return PythonText.stripped(
        text, of: characters, method == .strip ? .both : method == .lstrip ? .left : .right)
    case .removeprefix:
      let prefix = try given.text(given.positional(1...1)[0]) ?? ""
      guard text.utf8.starts(with: prefix.utf8) else { return text }
      return PythonText.text(text.unicodeScalars.dropFirst(prefix.unicodeScalars.count))
    case .removesuffix:
      let suffix = try given.text(given.positional(1...1)[0]) ?? ""
      guard Self.ends(text, with: suffix) else { return text }
      return PythonText.text(text.unicodeScalars.dropLast(suffix.unicodeScalars.count))
    case .replace:
      let bound = try given.positional(2...3)
      return try replaced(
        text, given.text(bound[0]) ?? "", by: given.text(bound[1]) ?? "",
        atMost: given.count(bound[2]), given.line)
    case .join:
      let parts = try elements(of: given.positional(1...1)[0] ?? .none, given.line).map {
        try given.text($0) ?? ""
      }
      try check(joined: parts, with: text, given.line)
      return parts.joined(separator: text)
    default: _ = try given.positional(0...0)
    }
    switch method {
    case .capitalize: return PythonText.capitalized(text)
    case .lower: return PythonText.lower(text)
    case .title: return PythonText.titled(text)
    default: return PythonText.upper(text)
    }
  }

  private static func ends(_ text: String, with suffix: String) -> Bool {
    text.utf8.reversed().starts(with: suffix.utf8.reversed())
  }

  // MARK: What it is like

  private static func `is`(_ text: String, _ method: TextMethod) -> Bool {
    func all(_ holds: (Unicode.Scalar) -> Bool) -> Bool {
      !text.isEmpty && text.unicodeScalars.allSatisfy(holds)
    }
    switch method {
    case .isalnum: return all { isLetter($0) || $0.properties.numericType != nil }
    case .isalpha: return all(isLetter)
    case .isdigit:
      return all { $0.properties.numericType == .decimal || $0.properties.numericType == .digit }
    case .islower: return PythonText.isLower(text)
    case .isupper: return PythonText.isUpper(text)
    default: return all(PythonText.isSpace)
    }
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private func matches(
    _ method: TextMethod, _ text: String, _ given: TemplateArguments
  ) throws -> Bool {
    let bound = try given.positional(1...3)
    guard let text = try part(text, bound[1], bound[2], given)?.text else { return false }
    func isMatch(_ part: String) -> Bool {
      method == .startswith ? text.utf8.starts(with: part.utf8) : Self.ends(text, with: part)
    }
    guard case .list(let list)? = bound[0], list.kind == .tuple else {
      return isMatch(try given.text(bound[0]) ?? "")
    }
    return try list.elements.contains { isMatch(try given.text($0) ?? "") }
  }

  // MARK: Places

  /// A text from one place to another, and where that begins; nil if it would begin behind its end.
  private func part(
    _ text: String, _ from: TemplateValue?, _ to: TemplateValue?, _ given: TemplateArguments
  ) throws -> (text: String, start: Int)? {
    guard from != nil || to != nil else { return (text, 0) }
    let scalars = Array(text.unicodeScalars)
    func place(_ value: TemplateValue?, _ fallback: Int) throws -> Int {
      if case .none? = value { return fallback }
      guard let index = try given.integer(value) else { return fallback }
      return index < 0 ? max(0, index + scalars.count) : index
    }
    let (start, end) = (try place(from, 0), min(try place(to, scalars.count), scalars.count))
    guard start <= scalars.count, start <= end else { return nil }
    return (PythonText.text(scalars[start..<end]), start)
  }

  private func place(
    _ method: TextMethod, _ text: String, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let bound = try given.positional(1...3)
    let sign = try given.text(bound[0]) ?? ""
    let part = try part(text, bound[1], bound[2], given)
    let whole = part?.text ?? ""
    if method == .count {
      guard part != nil else { return .integer(0) }
      let count = PythonText.places(of: sign, in: whole, atMost: .max).count
      return .integer(sign.isEmpty ? whole.unicodeScalars.count + 1 : count)
    }
    var found: Int?
    if let part {
      found =
        method == .find || method == .index
        ? Self.firstPlace(of: sign, in: whole) : Self.lastPlace(of: sign, in: whole)
      found = found.map { $0 + part.start }
    }
    if found == nil, method == .index || method == .rindex { throw given.problem("finds nothing") }
    return .integer(found ?? -1)
  }

  private static func firstPlace(of sign: String, in whole: String) -> Int? {
    guard !sign.isEmpty else { return 0 }
    return PythonText.places(of: sign, in: whole, atMost: 1).first.map { offset in
      whole.unicodeScalars.distance(
        from: whole.startIndex, to: whole.utf8.index(whole.startIndex, offsetBy: offset))
    }
  }

  private static func lastPlace(of sign: String, in whole: String) -> Int? {
    firstPlace(of: PythonText.reversed(sign), in: PythonText.reversed(whole)).map {
      whole.unicodeScalars.count - sign.unicodeScalars.count - $0
    }
  }

  // MARK: Pieces

  private func cut(
    _ method: TextMethod, _ text: String, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let line = given.line
    func list(_ parts: [String], _ kind: TemplateList.Kind = .list) throws -> TemplateValue {
      try self.list(parts.map { .text($0) }, kind, line)
    }
    switch method {
    case .splitlines:
      let keepsEnds = try given.bound("keepends")[0]?.isTrue ?? false
      return try list(PythonText.lines(text, keepingEnds: keepsEnds))
    case .partition, .rpartition:
      let sign = try separator(given.positional(1...1)[0], given) ?? ""
      let isFirst = method == .partition
      let parts =
        isFirst
        ? PythonText.parts(text, between: sign, atMost: 1)
        : PythonText.lastParts(text, between: sign, atMost: 1)
      guard parts.count == 2 else {
        return try list(isFirst ? [text, "", ""] : ["", "", text], .tuple)
      }
      return try list([parts[0], sign, parts[1]], .tuple)
    default: break
    }
    let bound = try given.bound("sep", "maxsplit")
    let most = try given.count(bound[1])
    guard let sign = try separator(bound[0], given) else {
      return try list(
        method == .split
          ? PythonText.words(text, atMost: most) : PythonText.lastWords(text, atMost: most))
    }
    return try list(
      method == .split
        ? PythonText.parts(text, between: sign, atMost: most)
        : PythonText.lastParts(text, between: sign, atMost: most))
  }

  /// What separates the parts of a text; nil for white space.
  private func separator(_ value: TemplateValue?, _ given: TemplateArguments) throws -> String? {
    let sign = try given.optionalText(value)
    guard sign != "" else { throw given.problem("expects a separator that is not empty") }
    return sign
  }
}

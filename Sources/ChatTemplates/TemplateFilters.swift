import Foundation

/// What a filter is given beside its value.
struct TemplateFilterArguments {
  var values: [TemplateValue]
  var named: [(name: String, value: TemplateValue)]
  let line: Int

  /// The argument at a place, or of a name.
  func value(_ index: Int, _ name: String) -> TemplateValue? {
    values.indices.contains(index) ? values[index] : named.last { $0.name == name }?.value
  }

  func integer(_ index: Int, _ name: String) -> Int? { value(index, name)?.asInteger }

  func text(_ index: Int, _ name: String) -> String? { value(index, name)?.text }

  func isTrue(_ index: Int, _ name: String) -> Bool { value(index, name)?.isTrue ?? false }
}

/// The filters of Jinja that published templates use.
extension TemplateRun {
  func filter(
    _ name: String, _ value: TemplateValue, _ given: TemplateFilterArguments
  ) throws -> TemplateValue {
    let line = given.line
    switch name {
    case "trim":
      guard let characters = given.text(0, "chars") else {
        return .text(Self.stripped(value.text, nil, .both))
      }
      return .text(Self.stripped(value.text, characters, .both))
    case "length", "count": return .integer(try length(value, line))
    case "upper": return .text(value.text.uppercased())
    case "lower": return .text(value.text.lowercased())
    case "capitalize": return .text(Self.capitalized(value.text))
    case "title": return .text(Self.titled(value.text, wordsAreSeparatedBy: "-([{<"))
    case "string", "safe", "escape", "e", "forceescape": return try text(name, value, line)
    case "default", "d":
      if case .undefined = value { return given.value(0, "default_value") ?? .text("") }
      let isReplaced = given.isTrue(1, "boolean") && !value.isTrue
      return isReplaced ? given.value(0, "default_value") ?? .text("") : value
    case "int": return .integer(Self.integer(value) ?? given.integer(0, "default") ?? 0)
    case "float":
      if let number = value.asNumber { return .number(number) }
      return .number(Double(value.text) ?? given.value(0, "default")?.asNumber ?? 0)
    case "abs":
      if let integer = value.asInteger, integer != .min { return .integer(abs(integer)) }
      if let number = value.asNumber { return .number(abs(number)) }
      throw TemplateProblem(line: line, message: "\(value.typeName) has no magnitude")
    case "round": return try rounded(value, given)
    case "tojson": return .text(try checked(json(value, given), line))
    case "indent": return .text(try checked(indented(value.text, given), line))
    case "replace":
      return .text(
        try replaced(
          value.text, given.text(0, "old") ?? "", given.text(1, "new") ?? "",
          given.integer(2, "count"), line))
    default: return try listFilter(name, value, given)
    }
  }

  private func text(_ name: String, _ value: TemplateValue, _ line: Int) throws -> TemplateValue {
    guard ["string", "safe"].contains(name) else {
      throw TemplateProblem(line: line, message: "the filter \"\(name)\" is not supported")
    }
    return .text(value.text)
  }

  private func listFilter(
    _ name: String, _ value: TemplateValue, _ given: TemplateFilterArguments
  ) throws -> TemplateValue {
    let line = given.line
    switch name {
    case "join":
      var elements = try elements(of: value, line)
      if let attribute = given.text(1, "attribute") {
        elements = try elements.map { try self.part(attribute, of: $0, line) }
      }
      return .text(
        try checked(elements.map(\.text).joined(separator: given.text(0, "d") ?? ""), line))
    case "first": return try elements(of: value, line).first ?? .undefined("the first element")
    case "last": return try elements(of: value, line).last ?? .undefined("the last element")
    case "list": return .list(try elements(of: value, line))
    case "items":
      if case .undefined = value { return .list([]) }
      return try method("items", of: value, [], [], line)
    case "dictsort":
      guard case .dictionary(let dictionary) = value else {
        throw TemplateProblem(line: line, message: "\(value.typeName) is no dictionary")
      }
      let sorted = try sorted(dictionary.members, line) {
        .text($0.key.text.lowercased())
      }
      return .list(sorted.map { .list([$0.key, $0.value]) })
    case "reverse":
      if case .text(let text) = value {
        return .text(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
      }
      return .list(try elements(of: value, line).reversed())
    case "sort":
      let attribute = given.text(2, "attribute")
      let isExact = given.isTrue(1, "case_sensitive")
      var result = try sorted(elements(of: value, line), line) { element in
        let key = try attribute.map { try self.part($0, of: element, line) } ?? element
        if case .text(let text) = key, !isExact { return .text(text.lowercased()) }
        return key
      }
      if given.isTrue(0, "reverse") { result.reverse() }
      return .list(result)
    case "unique":
      var result: [TemplateValue] = []
      for element in try elements(of: value, line) {
        try step(line)
        if !result.contains(where: { Self.isSame($0, element) }) { result.append(element) }
      }
      return .list(result)
    case "sum":
      return try elements(of: value, line).reduce(given.value(1, "start") ?? .integer(0)) {
        if let a = $0.asInteger, let b = $1.asInteger {
          let (sum, overflow) = a.addingReportingOverflow(b)
          if !overflow { return .integer(sum) }
        }
        guard let a = $0.asNumber, let b = $1.asNumber else {
          throw TemplateProblem(line: line, message: "\($1.typeName) cannot be added up")
        }
        return .number(a + b)
      }
    case "min", "max":
      let sorted = try sorted(elements(of: value, line), line) { $0 }
      return (name == "min" ? sorted.first : sorted.last) ?? .undefined("of no elements")
    case "map": return .list(try mapped(value, given))
    case "select", "reject":
      return .list(
        try elements(of: value, line).filter { element in
          let holds =
            try given.values.first.map {
              try test($0.text, element, Array(given.values.dropFirst()), line)
            } ?? element.isTrue
          return holds == (name == "select")
        })
    case "selectattr", "rejectattr":
      guard let attribute = given.values.first?.text else {
        throw TemplateProblem(line: line, message: "\(name) expects the name of an attribute")
      }
      return .list(
        try elements(of: value, line).filter { element in
          let part = try part(attribute, of: element, line)
          let holds =
            try given.values.dropFirst().first.map {
              try test($0.text, part, Array(given.values.dropFirst(2)), line)
            } ?? part.isTrue
          return holds == (name == "selectattr")
        })
    default:
      throw TemplateProblem(line: line, message: "the filter \"\(name)\" is not supported")
    }
  }

  /// `a.b` of an element, as filters name attributes.
  private func part(_ path: String, of value: TemplateValue, _ line: Int) throws -> TemplateValue {
    try path.split(separator: ".").reduce(value) { value, name in
      if case .undefined = value { return value }
      return try item(Int(name).map { .integer($0) } ?? .text(String(name)), of: value, line)
    }
  }

  private func mapped(_ value: TemplateValue, _ given: TemplateFilterArguments) throws
    -> [TemplateValue]
  {
    let line = given.line
    let elements = try elements(of: value, line)
    if let attribute = given.named.last(where: { $0.name == "attribute" })?.value.text {
      let fallback = given.named.last { $0.name == "default" }?.value
      return try elements.map { element in
        let part = try part(attribute, of: element, line)
        if case .undefined = part, let fallback { return fallback }
        return part
      }
    }
    guard let name = given.values.first?.text else {
      throw TemplateProblem(line: line, message: "map expects a filter or an attribute")
    }
    var inner = given
    inner.values.removeFirst()
    return try elements.map { try filter(name, $0, inner) }
  }

  private func sorted<Element>(
    _ elements: [Element], _ line: Int, _ key: (Element) throws -> TemplateValue
  ) throws -> [Element] {
    let keyed = try elements.enumerated().map { (place: $0, key: try key($1), element: $1) }
    return try keyed.sorted { a, b in
      try step(line)
      if try isLess(a.key, b.key, line) { return true }
      return try !isLess(b.key, a.key, line) && a.place < b.place
    }.map(\.element)
  }

  private static func isSame(_ a: TemplateValue, _ b: TemplateValue) -> Bool {
    if case .text(let a) = a, case .text(let b) = b { return a.lowercased() == b.lowercased() }
    return a.equals(b)
  }

  func length(_ value: TemplateValue, _ line: Int) throws -> Int {
    switch value {
    case .text(let text): return text.unicodeScalars.count
    case .list, .dictionary, .undefined: return try elements(of: value, line).count
    default: throw TemplateProblem(line: line, message: "\(value.typeName) has no length")
    }
  }

  private static func integer(_ value: TemplateValue) -> Int? {
    if let integer = value.asInteger { return integer }
    if case .number(let number) = value { return Int(exactly: number.rounded(.towardZero)) }
    guard case .text(let text) = value else { return nil }
    let plain = text.trimmingCharacters(in: .whitespaces)
    return Int(plain) ?? Double(plain).flatMap { Int(exactly: $0.rounded(.towardZero)) }
  }

  private func rounded(_ value: TemplateValue, _ given: TemplateFilterArguments) throws
    -> TemplateValue
  {
    guard let number = value.asNumber else {
      throw TemplateProblem(line: given.line, message: "\(value.typeName) cannot be rounded")
    }
    let factor = pow(10, Double(given.integer(0, "precision") ?? 0))
    switch given.text(1, "method") ?? "common" {
    case "ceil": return .number((number * factor).rounded(.up) / factor)
    case "floor": return .number((number * factor).rounded(.down) / factor)
    default: return .number((number * factor).rounded(.toNearestOrEven) / factor)
    }
  }

  private func json(_ value: TemplateValue, _ given: TemplateFilterArguments) throws -> String {
    var separators: (String, String)?
    if case .list(let parts)? = given.value(2, "separators"), parts.count == 2 {
      separators = (parts[0].text, parts[1].text)
    }
    let indent = given.integer(1, "indent")
    guard indent.map({ 0...64 ~= $0 }) ?? true else {
      throw TemplateProblem(line: given.line, message: "tojson expects an indent from 0 to 64")
    }
    return try value.json(
      indent: indent, separators: separators, sorted: given.isTrue(3, "sort_keys"),
      line: given.line)
  }

  private func indented(_ text: String, _ given: TemplateFilterArguments) throws -> String {
    let width = given.value(0, "width") ?? .integer(4)
    let blanks: String
    if case .text(let text) = width {
      blanks = text
    } else {
      guard let count = width.asInteger, 0...1000 ~= count else {
        throw TemplateProblem(line: given.line, message: "indent expects a width from 0 to 1000")
      }
      blanks = String(repeating: " ", count: count)
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let indentsBlank = given.isTrue(2, "blank")
    return lines.enumerated().map { index, line in
      let isIndented =
        index == 0 ? given.isTrue(1, "first") : indentsBlank || !line.isEmpty
      return isIndented ? blanks + line : String(line)
    }.joined(separator: "\n")
  }
}

import Foundation

/// Python's methods of texts, lists and dictionaries that change nothing.
extension TemplateRun {
  /// Which end of a text.
  enum Side {
    case left, right, both
  }

  /// The names of a value's methods.
  static func methods(of value: TemplateValue) -> Set<String> {
    switch value {
    case .text:
      [
        "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith",
        "upper", "lower", "title", "capitalize", "replace", "find", "count", "join", "isdigit",
        "isalpha", "isspace", "removeprefix", "removesuffix", "partition",
      ]
    case .list: ["append", "extend", "insert", "pop", "remove", "index", "count"]
    case .dictionary: ["items", "keys", "values", "get", "update", "pop", "setdefault"]
    default: []
    }
  }

  func method(
    _ name: String, of value: TemplateValue, _ values: [TemplateValue],
    _ named: [(String, TemplateValue)], _ line: Int
  ) throws -> TemplateValue {
    switch value {
    case .text(let text):
      return try method(
        name, of: text, TemplateFilterArguments(values: values, named: named, line: line))
    case .dictionary(let dictionary):
      switch name {
      case "items": return .list(dictionary.members.map { .list([$0.key, $0.value]) })
      case "keys": return .list(dictionary.members.map(\.key))
      case "values": return .list(dictionary.members.map(\.value))
      case "get":
        guard let key = values.first else { break }
        return dictionary[key] ?? (values.count > 1 ? values[1] : TemplateValue.none)
      default: break
      }
    case .list(let elements):
      switch name {
      case "index":
        guard let element = values.first, let place = elements.firstIndex(where: element.equals)
        else { throw TemplateProblem(line: line, message: "the element is not in the list") }
        return .integer(place)
      case "count":
        guard let element = values.first else { break }
        return .integer(elements.count(where: element.equals))
      default: break
      }
    default: break
    }
    // In the sandbox of `transformers` nothing can be changed.
    throw TemplateProblem(
      line: line, message: "\"\(name)\" of \(value.typeName) cannot be called")
  }

  private func method(
    _ name: String, of text: String, _ given: TemplateFilterArguments
  ) throws -> TemplateValue {
    let line = given.line
    func argument(_ index: Int = 0) throws -> String {
      guard case .text(let text)? = given.values.dropFirst(index).first else {
        throw TemplateProblem(line: line, message: "\"\(name)\" expects a text")
      }
      return text
    }
    func optional() throws -> String? {
      guard let first = given.values.first else { return nil }
      if case .none = first { return nil }
      return try argument()
    }
    func matches(_ test: (String) -> Bool) throws -> TemplateValue {
      guard case .list(let all)? = given.values.first else { return .bool(test(try argument())) }
      return .bool(all.contains { test($0.text) })
    }
    switch name {
    case "strip": return .text(Self.stripped(text, try optional(), .both))
    case "lstrip": return .text(Self.stripped(text, try optional(), .left))
    case "rstrip": return .text(Self.stripped(text, try optional(), .right))
    case "upper": return .text(text.uppercased())
    case "lower": return .text(text.lowercased())
    case "title": return .text(Self.titled(text, wordsAreSeparatedBy: nil))
    case "capitalize": return .text(Self.capitalized(text))
    case "startswith": return try matches { Self.begins(text, with: $0) }
    case "endswith": return try matches { Self.ends(text, with: $0) }
    case "removeprefix":
      let prefix = try argument()
      return .text(
        Self.begins(text, with: prefix)
          ? String(text.unicodeScalars.dropFirst(prefix.unicodeScalars.count)) : text)
    case "removesuffix":
      let suffix = try argument()
      return .text(
        Self.ends(text, with: suffix)
          ? String(text.unicodeScalars.dropLast(suffix.unicodeScalars.count)) : text)
    case "split", "rsplit": return .list(try split(text, name, given).map { .text($0) })
    case "splitlines":
      var lines = text.components(separatedBy: .newlines)
      if lines.last == "" { lines.removeLast() }
      return .list(lines.map { .text($0) })
    case "partition":
      let parts = try parts(text, argument(), most: 1, line)
      return .list(
        (parts.count == 2 ? [parts[0], try argument(), parts[1]] : [text, "", ""])
          .map { .text($0) })
    case "replace":
      return .text(
        try replaced(text, argument(), argument(1), given.integer(2, "count"), line))
    case "find":
      let scalars = text.unicodeScalars
      guard let range = scalars.firstRange(of: try argument().unicodeScalars) else {
        return .integer(-1)
      }
      return .integer(scalars.distance(from: scalars.startIndex, to: range.lowerBound))
    case "count": return .integer(try parts(text, argument(), most: nil, line).count - 1)
    case "join":
      guard let list = given.values.first else { break }
      return .text(
        try checked(elements(of: list, line).map(\.text).joined(separator: text), line))
    case "isdigit": return .bool(!text.isEmpty && text.allSatisfy { $0.isNumber })
    case "isalpha": return .bool(!text.isEmpty && text.allSatisfy { $0.isLetter })
    case "isspace": return .bool(!text.isEmpty && text.allSatisfy { $0.isWhitespace })
    default: break
    }
    throw TemplateProblem(line: line, message: "\"\(name)\" of a text cannot be called so")
  }

  // MARK: Texts, scalar by scalar as Python sees them

  static func stripped(_ text: String, _ characters: String?, _ side: Side) -> String {
    let set = characters.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool {
      set?.contains(scalar) ?? (scalar.properties.isWhitespace || 0x1c...0x1f ~= scalar.value)
    }
    var scalars = text.unicodeScalars[...]
    if side != .right { scalars = scalars.drop(while: goes) }
    if side != .left {
      while let last = scalars.last, goes(last) { scalars.removeLast() }
    }
    return String(scalars)
  }

  static func capitalized(_ text: String) -> String {
    guard let first = text.first else { return "" }
    return first.uppercased() + text.dropFirst().lowercased()
  }

  /// Every word with a capital: words are separated by everything that is no letter (Python's `title`), or by white
  /// space and these characters (Jinja's filter).
  static func titled(_ text: String, wordsAreSeparatedBy separators: String?) -> String {
    var result = ""
    var isInWord = false
    for character in text {
      let separates =
        separators.map { character.isWhitespace || $0.contains(character) } ?? !character.isLetter
      result += isInWord ? character.lowercased() : character.uppercased()
      isInWord = !separates
    }
    return result
  }

  private static func begins(_ text: String, with prefix: String) -> Bool {
    text.unicodeScalars.starts(with: prefix.unicodeScalars)
  }

  private static func ends(_ text: String, with suffix: String) -> Bool {
    text.unicodeScalars.reversed().starts(with: suffix.unicodeScalars.reversed())
  }

  private func split(
    _ text: String, _ name: String, _ given: TemplateFilterArguments
  ) throws -> [String] {
    let most = given.integer(1, "maxsplit").flatMap { $0 < 0 ? nil : $0 }
    guard let separator = given.value(0, "sep"), case .text(let sign) = separator else {
      guard most == nil else {
        throw TemplateProblem(line: given.line, message: "\(name) expects what separates the parts")
      }
      return text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    guard name == "rsplit", let most else { return try parts(text, sign, most: most, given.line) }
    let all = try parts(text, sign, most: nil, given.line)
    guard all.count > most + 1 else { return all }
    let first = all.dropLast(most).joined(separator: sign)
    return [first] + all.suffix(most)
  }

  /// The parts of a text between separators.
  func parts(_ text: String, _ separator: String, most: Int?, _ line: Int) throws -> [String] {
    let sign = separator.unicodeScalars
    guard !sign.isEmpty else { throw TemplateProblem(line: line, message: "an empty separator") }
    var rest = text.unicodeScalars[...]
    var parts: [String] = []
    while parts.count < most ?? .max, let range = rest.firstRange(of: sign) {
      try step(line)
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }

  func replaced(_ text: String, _ old: String, _ new: String, _ count: Int?, _ line: Int) throws
    -> String
  {
    guard !old.isEmpty else {
      throw TemplateProblem(line: line, message: "replacing an empty text is not supported")
    }
    let most = count.flatMap { $0 < 0 ? nil : $0 }
    let parts = try parts(text, old, most: most, line)
    guard new.utf8.count <= Limit.bytes / max(1, parts.count) else {
      throw TemplateProblem(
        line: line, message: "makes a text of more than \(Limit.bytes >> 20) MiB")
    }
    return try checked(parts.joined(separator: new), line)
  }
}

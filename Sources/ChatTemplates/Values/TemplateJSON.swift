import Foundation

/// How the filter `tojson` writes: Python's `json.dumps`.
struct TemplateJSON {
  /// What is written as it is.
  enum Characters {
    case all, ascii
  }

  /// In which order members are written.
  enum Order {
    case asTheyCame, byKey
  }

  var characters = Characters.all
  /// What stands before each level; everything in one line if it is nil.
  var indent: String?
  /// What stands between elements, and between keys and values.
  var separators: (element: String, key: String)?
  var order = Order.asTheyCame
  let line: Int

  /// - Throws: `TemplateProblem` when the value has no form in JSON.
  func text(of value: TemplateValue) throws -> String {
    var writer = TemplateWriter(line: line)
    try write(value, level: 0, to: &writer)
    return writer.text
  }

  private func write(_ value: TemplateValue, level: Int, to writer: inout TemplateWriter) throws {
    switch value {
    case .none, .bool, .integer, .number: try writer.write(plain(value))
    case .text(let text): try writer.write(quoted(text))
    case .list(let list) where [.list, .tuple].contains(list.kind):
      try write(list.elements, "[", "]", level, to: &writer) {
        try write($1, level: level + 1, to: &$0)
      }
    case .dictionary(let dictionary):
      try write(members(of: dictionary), "{", "}", level, to: &writer) { writer, member in
        try writer.write(quoted(member.key) + (separators?.key ?? ": "))
        try write(member.value, level: level + 1, to: &writer)
      }
    default:
      throw TemplateProblem(line: line, message: "\(value.typeName) cannot be written as JSON")
    }
  }

  private func write<Part>(
    _ parts: [Part], _ open: String, _ close: String, _ level: Int, to writer: inout TemplateWriter,
    _ part: (inout TemplateWriter, Part) throws -> Void
  ) throws {
    guard !parts.isEmpty else { return try writer.write(open + close) }
    func lineBreak(_ level: Int) -> String {
      indent.map { "\n" + String(repeating: $0, count: level) } ?? ""
    }
    let separator = separators?.element ?? (indent == nil ? ", " : ",")
    try writer.write(open + lineBreak(level + 1))
    try writer.write(parts, between: separator + lineBreak(level + 1), part)
    try writer.write(lineBreak(level) + close)
  }

  private func plain(_ value: TemplateValue) -> String {
    switch value {
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value) where value.isNaN: "NaN"
    case .number(let value) where value.isInfinite: value < 0 ? "-Infinity" : "Infinity"
    case .number(let value): PythonNumber.text(of: value)
    default: "null"
    }
  }

  private func members(
    of dictionary: TemplateDictionary
  ) throws -> [(key: String, value: TemplateValue)] {
    let members = try dictionary.members.map { key, value -> (key: String, value: TemplateValue) in
      switch key {
      case .text(let text): return (text, value)
      case .none, .bool, .integer, .number: return (plain(key), value)
      default:
        throw TemplateProblem(line: line, message: "\(key.typeName) cannot be a key in JSON")
      }
    }
    guard order == .byKey else { return members }
    return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{c}": result += "\\f"
      case _ where scalar.value < 0x20 || characters == .ascii && scalar.value > 0x7e:
        for unit in String(scalar).utf16 { result += String(format: "\\u%04x", unit) }
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

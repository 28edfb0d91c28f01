import Foundation

/// What values are written as.
extension TemplateValue {
  /// Python's `str`.
  var text: String {
    switch self {
    case .text(let text): text
    case .undefined: ""
    default: representation
    }
  }

  /// Python's `repr`.
  var representation: String {
    switch self {
    case .none: return "None"
    case .bool(let value): return value ? "True" : "False"
    case .integer(let value): return "\(value)"
    case .number(let value): return Self.text(of: value)
    case .text(let text): return Self.quoted(text)
    case .list(let values):
      return "[" + values.map(\.representation).joined(separator: ", ") + "]"
    case .dictionary(let dictionary):
      let members = dictionary.members.map {
        "\($0.key.representation): \($0.value.representation)"
      }
      return "{" + members.joined(separator: ", ") + "}"
    case .undefined: return "Undefined"
    case .namespace: return "<Namespace>"
    case .macro(let macro): return "<Macro \(Self.quoted(macro.name))>"
    case .function(let function): return "<function \(function.rawValue)>"
    case .method(_, let name): return "<method \(name)>"
    }
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let text = "\(value)"
    // Python writes exponents with at least two digits.
    guard let e = text.firstIndex(of: "e") else { return text }
    let mantissa = text[..<e].hasSuffix(".0") ? text[..<e].dropLast(2) : text[..<e]
    var exponent = text[text.index(after: e)...]
    let sign = exponent.first == "-" ? "-" : "+"
    exponent = exponent.drop { $0 == "-" || $0 == "+" }
    return "\(mantissa)e\(sign)\(exponent.count < 2 ? "0" : "")\(exponent)"
  }

  private static func quoted(_ text: String) -> String {
    let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\\": result += "\\\\"
      case quote: result += "\\" + String(quote)
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        result += String(format: "\\x%02x", scalar.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + String(quote)
  }

  /// Python's `json.dumps` with `ensure_ascii=False`.
  /// - Parameters:
  ///   - indent: the spaces before each level; everything in one line if it is nil.
  ///   - separators: what stands between elements, and between keys and values.
  /// - Throws: `TemplateProblem` when the value has no form in JSON.
  func json(
    indent: Int?, separators: (item: String, key: String)? = nil, sorted: Bool = false,
    level: Int = 0, line: Int
  ) throws -> String {
    let (item, colon) = separators ?? (indent == nil ? ", " : ",", ": ")
    func inner(_ value: TemplateValue) throws -> String {
      try value.json(
        indent: indent, separators: separators, sorted: sorted, level: level + 1, line: line)
    }
    func enclosed(_ parts: [String], _ open: String, _ close: String) -> String {
      guard !parts.isEmpty else { return open + close }
      guard let indent else { return open + parts.joined(separator: item) + close }
      let (outside, inside) = ("\n" + blanks(level * indent), "\n" + blanks((level + 1) * indent))
      return open + inside + parts.joined(separator: item + inside) + outside + close
    }
    func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }
    switch self {
    case .none: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer, .number:
      return ["nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"][representation]
        ?? representation
    case .text(let text): return Self.jsonText(text)
    case .list(let values): return enclosed(try values.map(inner), "[", "]")
    case .dictionary(let dictionary):
      var members = dictionary.members
      if sorted { members.sort { $0.key.text < $1.key.text } }
      return enclosed(
        try members.map { key, value in
          let name: String
          switch key {
          case .text(let text): name = text
          case .none, .bool, .integer, .number:
            name = try key.json(indent: nil, line: line)
          default:
            throw TemplateProblem(line: line, message: "\(key.typeName) cannot be a key in JSON")
          }
          return Self.jsonText(name) + colon + (try inner(value))
        }, "{", "}")
    case .undefined, .namespace, .macro, .function, .method:
      throw TemplateProblem(line: line, message: "\(typeName) cannot be written as JSON")
    }
  }

  private static func jsonText(_ text: String) -> String {
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
      case _ where scalar.value < 0x20: result += String(format: "\\u%04x", scalar.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// How a JSON document is laid out.
package enum JSONStyle {
  /// As `transformers` writes its files, that is Python's `json.dumps(indent=2)`: two spaces for
  /// each level, characters beyond ASCII escaped.
  case indented
  /// As `safetensors` writes its header: no space at all, characters as they are.
  case compact
}

extension JSONValue {
  /// The text of the document, without a newline at its end.
  package func text(_ style: JSONStyle) -> String {
    var writer = JSONWriter(style: style)
    writer.write(self, level: 0)
    return writer.text
  }
}

private struct JSONWriter {
  let style: JSONStyle
  var text = ""

  mutating func write(_ value: JSONValue, level: Int) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let number): text += number.text
    case .string(let string): write(string)
    case .array(let array):
      list(array, in: ("[", "]"), level: level) { $0.write($1, level: level + 1) }
    case .object(let object):
      list(object.members, in: ("{", "}"), level: level) {
        $0.write($1.key)
        $0.text += $0.style == .compact ? ":" : ": "
        $0.write($1.value, level: level + 1)
      }
    }
  }

  private mutating func list<Element>(
    _ elements: [Element], in brackets: (String, String), level: Int,
    _ write: (inout JSONWriter, Element) -> Void
  ) {
    text += brackets.0
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      newline(level + 1)
      write(&self, element)
    }
    if !elements.isEmpty { newline(level) }
    text += brackets.1
  }

  private mutating func newline(_ level: Int) {
    if style == .indented { text += "\n" + String(repeating: "  ", count: level) }
  }

  private mutating func write(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{c}": text += "\\f"
      case _ where scalar.value < 0x20 || (style == .indented && scalar.value > 0x7e):
        for unit in UTF16.encode(scalar) ?? .init() { text += escaped(unit) }
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  private func escaped(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension String {
  /// The text with every control character and line separator written as JSON writes it: `\n`, `\t`, `\u001b`. A
  /// message stays one line, and a terminal shows it as it is.
  public var onOneLine: String {
    guard unicodeScalars.contains(where: \.breaksLines) else { return self }
    return unicodeScalars.reduce(into: "") { line, scalar in
      line += scalar.breaksLines ? scalar.escape : String(scalar)
    }
  }

  /// The text as one field of a line whose fields end at tabs: as `onOneLine`, and a backslash is written twice, so
  /// that the text can be had back.
  public var asField: String { replacing("\\", with: "\\\\").onOneLine }
}

extension Unicode.Scalar {
  fileprivate var breaksLines: Bool {
    properties.generalCategory == .control || self == "\u{2028}" || self == "\u{2029}"
  }

  fileprivate var escape: String {
    switch self {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}

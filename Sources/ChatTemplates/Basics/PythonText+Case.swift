/// Capitals and small letters by the rules of Unicode, as Python applies them.
extension PythonText {
  private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

  static func upper(_ text: String) -> String {
    if isASCII(text) { return text.uppercased() }
    return text.unicodeScalars.map(\.properties.uppercaseMapping).joined()
  }

  static func lower(_ text: String) -> String {
    if isASCII(text) { return text.lowercased() }
    let scalars = Array(text.unicodeScalars)
    return scalars.indices.map { lower(scalars, $0) }.joined()
  }

  static func capitalized(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.first else { return "" }
    return first.properties.titlecaseMapping
      + scalars.indices.dropFirst().map { lower(scalars, $0) }.joined()
  }

  /// Python's `title`: a capital behind everything that has no case.
  static func titled(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var isInWord = false
    return scalars.indices.map { place in
      defer { isInWord = scalars[place].properties.isCased }
      return isInWord ? lower(scalars, place) : scalars[place].properties.titlecaseMapping
    }.joined()
  }

  /// The filter `title`: a capital at the beginning, and behind white space and `-([{<`.
  static func titledWords(_ text: String) -> String {
    var result = ""
    var word: [Unicode.Scalar] = []
    func ended() -> String {
      (word.first?.properties.uppercaseMapping ?? "") + lower(Self.text(word.dropFirst()))
    }
    for scalar in text.unicodeScalars {
      guard isSpace(scalar) || "-([{<".unicodeScalars.contains(scalar) else {
        word.append(scalar)
        continue
      }
      result += ended()
      word = []
      result.unicodeScalars.append(scalar)
    }
    return result + ended()
  }

  /// Whether there are cased letters, and all are capitals.
  static func isUpper(_ text: String) -> Bool {
    let cased = text.unicodeScalars.map(\.properties).filter(\.isCased)
    return !cased.isEmpty && cased.allSatisfy(\.isUppercase)
  }

  /// Whether there are cased letters, and all are small.
  static func isLower(_ text: String) -> Bool {
    let cased = text.unicodeScalars.map(\.properties).filter(\.isCased)
    return !cased.isEmpty && cased.allSatisfy(\.isLowercase)
  }

  /// The small letter at a place: a sigma has another form at the end of a word.
  private static func lower(_ scalars: [Unicode.Scalar], _ place: Int) -> String {
    guard scalars[place] == "\u{3a3}" else { return scalars[place].properties.lowercaseMapping }
    func isCased(_ scalar: Unicode.Scalar?) -> Bool { scalar?.properties.isCased ?? false }
    let near = 64
    let before = scalars[..<place].suffix(near).last { !$0.properties.isCaseIgnorable }
    let after = scalars[(place + 1)...].prefix(near).first { !$0.properties.isCaseIgnorable }
    return isCased(before) && !isCased(after) ? "\u{3c2}" : "\u{3c3}"
  }
}

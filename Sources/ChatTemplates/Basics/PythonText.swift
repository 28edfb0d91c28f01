/// Texts as Python sees them: scalar by scalar, never by what is shown as one character.
enum PythonText {
  /// An end of a text, or both.
  enum Side {
    case left, right, both
  }

  /// What `str.isspace` takes for white space.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || 0x1c...0x1f ~= scalar.value
  }

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  static func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

  /// Without these characters, or white space, at its ends.
  static func stripped(_ text: String, of characters: String?, _ side: Side) -> String {
    let set = characters.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? isSpace(scalar) }
    var scalars = text.unicodeScalars[...]
    if side != .right { scalars = scalars.drop(while: goes) }
    if side != .left {
      while let last = scalars.last, goes(last) { scalars.removeLast() }
    }
    return String(scalars)
  }

  /// The lines, with the line breaks that Python knows.
  static func lines(_ text: String, keepingEnds: Bool) -> [String] {
    var lines: [String] = []
    var rest = text.unicodeScalars[...]
    while let end = rest.firstIndex(where: isLineBreak) {
      var next = rest.index(after: end)
      if rest[end] == "\r", next < rest.endIndex, rest[next] == "\n" {
        next = rest.index(after: next)
      }
      lines.append(String(rest[..<(keepingEnds ? next : end)]))
      rest = rest[next...]
    }
    if !rest.isEmpty { lines.append(String(rest)) }
    return lines
  }

  private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0a...0x0d, 0x1c...0x1e, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  // MARK: Places

  /// Where a text is in another, as offsets of its UTF-8, one after the other: the number of steps is that of the bytes
  /// of both, whatever they are (Knuth, Morris and Pratt). UTF-8 finds itself again only where characters begin.
  static func places(of part: String, in whole: String, atMost most: Int) -> [Int] {
    let sign = Array(part.utf8)
    guard !sign.isEmpty, most > 0 else { return [] }
    // How much of the sign is matched already where a match of so many bytes ends.
    var borders = [0]
    var matched = 0
    for byte in sign.dropFirst() {
      while matched > 0, sign[matched] != byte { matched = borders[matched - 1] }
      if sign[matched] == byte { matched += 1 }
      borders.append(matched)
    }
    var places: [Int] = []
    matched = 0
    for (place, byte) in whole.utf8.enumerated() {
      while matched > 0, sign[matched] != byte { matched = borders[matched - 1] }
      if sign[matched] == byte { matched += 1 }
      guard matched == sign.count else { continue }
      places.append(place + 1 - sign.count)
      if places.count == most { break }
      matched = 0
    }
    return places
  }

  static func contains(_ whole: String, _ part: String) -> Bool {
    part.isEmpty || !places(of: part, in: whole, atMost: 1).isEmpty
  }

  /// The parts between a separator, which is not empty.
  static func parts(_ text: String, between separator: String, atMost most: Int) -> [String] {
    let bytes = Array(text.utf8)
    var start = 0
    var parts: [String] = []
    for place in places(of: separator, in: text, atMost: most) {
      parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
      start = place + separator.utf8.count
    }
    return parts + [String(decoding: bytes[start...], as: UTF8.self)]
  }

  /// The same, the last separators counting first.
  static func lastParts(_ text: String, between separator: String, atMost most: Int) -> [String] {
    let (text, separator) = (reversed(text), reversed(separator))
    return parts(text, between: separator, atMost: most).reversed().map(reversed)
  }

  static func reversed(_ text: String) -> String { self.text(text.unicodeScalars.reversed()) }

  /// The words between white space, the rest in one once there are enough.
  static func words(_ text: String, atMost most: Int) -> [String] {
    var words: [String] = []
    var rest = text.unicodeScalars.drop(while: isSpace)
    while !rest.isEmpty {
      guard words.count < most else { return words + [String(rest)] }
      let end = rest.firstIndex(where: isSpace) ?? rest.endIndex
      words.append(String(rest[..<end]))
      rest = rest[end...].drop(while: isSpace)
    }
    return words
  }

  static func lastWords(_ text: String, atMost most: Int) -> [String] {
    words(reversed(text), atMost: most).reversed().map(reversed)
  }
}

/// GPT-2's cut into words, which takes the whole of any text:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
enum GPT2Pattern {
  typealias Text = ArraySlice<Unicode.Scalar>

  /// Where the word ends that begins at `start`, which is in `text`.
  static func end(ofWordAt start: Int, in text: Text) -> Int {
    if text[start] == "'", let end = end(ofContractionAt: start, in: text) { return end }
    let visible = text[start] == " " ? start + 1 : start
    if visible < text.endIndex, let kind = kind(of: text[visible]) {
      return text[visible...].firstIndex { self.kind(of: $0) != kind } ?? text.endIndex
    }
    let end = text[start...].firstIndex { kind(of: $0) != nil } ?? text.endIndex
    // White space before a word is a word of its own up to its last scalar, which may go with what follows.
    return end == text.endIndex || end == start + 1 ? end : end - 1
  }

  private static func end(ofContractionAt start: Int, in text: Text) -> Int? {
    let rest = text[(start + 1)...]
    switch rest.first {
    case "s", "t", "m", "d": return start + 2
    case "r", "v": return rest.dropFirst().first == "e" ? start + 3 : nil
    case "l": return rest.dropFirst().first == "l" ? start + 3 : nil
    default: return nil
    }
  }

  /// What stays together.
  private enum Kind {
    case letters, numbers, others
  }

  /// Nil for white space.
  private static func kind(of scalar: Unicode.Scalar) -> Kind? {
    let traits = scalar.traits
    if traits.contains(.letter) { return .letters }
    if traits.contains(.whitespace) { return nil }
    return traits.contains(.number) ? .numbers : .others
  }
}

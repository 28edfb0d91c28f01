/// The cut into words of LLaMA 3 (`SplitPattern.llama3`) and its relatives, which differ by how many digits stay together.
struct Llama3Pattern {
  typealias Text = ArraySlice<Unicode.Scalar>

  /// In scalars.
  let longestNumber: Int

  /// Where the word ends that begins at `start`, which is in `text`.
  func end(ofWordAt start: Int, in text: Text) -> Int {
    if text[start] == "'", let end = Self.end(ofContractionAt: start, in: text) { return end }
    let traits = text[start].traits
    if traits.contains(.letter) { return end(of: .letter, from: start, in: text) }
    if traits.contains(.number) {
      let longest = text[start...].prefix(longestNumber)
      return longest.firstIndex { !$0.has(.number) } ?? longest.endIndex
    }
    let next = start + 1 < text.endIndex ? text[start + 1].traits : nil
    if !Self.endsLine(text[start]), next?.contains(.letter) == true {
      return end(of: .letter, from: start + 1, in: text)
    }
    let visible = text[start] == " " ? start + 1 : start
    if visible < text.endIndex, Self.isOther(text[visible]) {
      let end = text[visible...].firstIndex { !Self.isOther($0) } ?? text.endIndex
      return text[end...].firstIndex { !Self.endsLine($0) } ?? text.endIndex
    }
    return end(ofSpaceAt: start, in: text)
  }

  /// White space up to its last line end; without one, up to its last scalar, which may go with what follows.
  private func end(ofSpaceAt start: Int, in text: Text) -> Int {
    let end = end(of: .whitespace, from: start, in: text)
    if let line = text[start..<end].lastIndex(where: Self.endsLine) { return line + 1 }
    return end == text.endIndex || end == start + 1 ? end : end - 1
  }

  private func end(of traits: ScalarTraits, from start: Int, in text: Text) -> Int {
    text[start...].firstIndex { !$0.has(traits) } ?? text.endIndex
  }

  private static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r"
  }

  /// Neither letter, number nor white space.
  private static func isOther(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.has([.letter, .number, .whitespace])
  }

  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)`
  private static func end(ofContractionAt start: Int, in text: Text) -> Int? {
    let rest = text[(start + 1)...]
    switch rest.first {
    // The long s is a small form of S.
    case "s", "S", "\u{17F}", "t", "T", "m", "M", "d", "D": return start + 2
    case "r", "R", "v", "V": return ["e", "E"].contains(rest.dropFirst().first) ? start + 3 : nil
    case "l", "L": return ["l", "L"].contains(rest.dropFirst().first) ? start + 3 : nil
    default: return nil
    }
  }
}

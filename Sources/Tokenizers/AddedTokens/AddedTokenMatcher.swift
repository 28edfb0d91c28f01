/// Finds added tokens in a text: from the left, the longest at every place.
struct AddedTokenMatcher: Sendable {
  typealias Text = ArraySlice<Unicode.Scalar>

  enum Segment {
    case text(Text)
    case token(Int32)
  }

  struct Entry {
    let pattern: [Unicode.Scalar]
    let token: AddedToken
    let id: Int32
  }

  private let entries: [Entry]
  /// The place in `entries` of every pattern.
  private let patterns: TokenTable
  /// What patterns begin with, so that nothing is looked up elsewhere.
  private let firsts: Set<Unicode.Scalar>
  private let longestPattern: Int
  private let passedOver: Set<Int32>

  /// Entries with an empty pattern match nothing; of equal patterns the first counts.
  /// - Parameter passingOver: ids of tokens that are left in the text where they are found.
  init(_ entries: [Entry], passingOver: Set<Int32>) {
    self.entries = entries.filter { !$0.pattern.isEmpty }
    patterns = TokenTable(
      self.entries.enumerated().reversed().map {
        ($0.element.pattern[...].utf8Bytes, Int32($0.offset))
      })
    firsts = Set(self.entries.map { $0.pattern[0] })
    longestPattern = self.entries.map(\.pattern.count).max() ?? 0
    passedOver = passingOver
  }

  /// The whole of `text` in segments, none of them empty.
  func segments(of text: Text) -> [Segment] {
    var segments: [Segment] = []
    /// Where the text begins that is in no segment yet.
    var pending = text.startIndex
    var index = text.startIndex
    while index < text.endIndex {
      guard let entry = entry(at: index, of: text) else {
        index += 1
        continue
      }
      let end = index + entry.pattern.count
      if !passedOver.contains(entry.id),
        let range = range(of: entry.token, at: index..<end, in: text, after: pending)
      {
        if pending < range.lowerBound { segments.append(.text(text[pending..<range.lowerBound])) }
        segments.append(.token(entry.id))
        pending = range.upperBound
      }
      index = end
    }
    if pending < text.endIndex { segments.append(.text(text[pending...])) }
    return segments
  }

  private func entry(at index: Int, of text: Text) -> Entry? {
    guard firsts.contains(text[index]) else { return nil }
    let bytes = text[index...].prefix(longestPattern).utf8Bytes
    return patterns.longestPrefix(of: bytes[...]).map { entries[Int($0.id)] }
  }

  /// What `token` takes when its pattern matches `match`; nil if it is refused there.
  private func range(
    of token: AddedToken, at match: Range<Int>, in text: Text, after pending: Int
  ) -> Range<Int>? {
    let before = text[..<match.lowerBound]
    let after = text[match.upperBound...]
    let touchesWord = before.last?.has(.word) == true || after.first?.has(.word) == true
    if token.isWholeWord, touchesWord { return nil }
    var (start, end) = (match.lowerBound, match.upperBound)
    if token.stripsLeft {
      let space = before.reversed().prefix { $0.has(.whitespace) }
      start = max(start - space.count, pending)
    }
    if token.stripsRight { end += after.prefix { $0.has(.whitespace) }.count }
    return start..<max(start, end)
  }
}

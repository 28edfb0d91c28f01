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

  /// By the first scalar of the pattern, longest pattern first.
  private let entries: [Unicode.Scalar: [Entry]]

  /// Entries with an empty pattern match nothing.
  init(_ entries: [Entry]) {
    var byFirst: [Unicode.Scalar: [Entry]] = [:]
    for entry in entries.sorted(by: { $0.pattern.count > $1.pattern.count }) {
      if let first = entry.pattern.first { byFirst[first, default: []].append(entry) }
    }
    self.entries = byFirst
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
      if let range = range(of: entry.token, at: index..<end, in: text, after: pending) {
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
    entries[text[index]]?.first { text[index...].starts(with: $0.pattern) }
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

/// `Split`: cuts where a pattern matches.
struct Split: PreTokenizer {
  enum Pattern: Sendable {
    /// A text, found from the left; matches do not overlap.
    case string([Unicode.Scalar])
    case published(SplitPattern)
  }

  let pattern: Pattern
  let behavior: SplitBehavior
  /// Whether matches count as what is between them, and the other way round.
  let inverts: Bool

  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    let stretches: [Stretch] =
      switch pattern {
      case .string(let string): StringSearch(string).stretches(of: text)
      case .published(let pattern): pattern.words(of: text).map { ($0, true) }
      }
    guard inverts else { return behavior.words(of: stretches, in: text) }
    return behavior.words(of: stretches.map { ($0.text, !$0.isMatch) }, in: text)
  }
}

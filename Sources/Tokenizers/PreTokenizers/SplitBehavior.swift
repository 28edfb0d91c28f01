/// What becomes of the stretches that a pattern matches, and of those between them.
enum SplitBehavior: String, CaseIterable, Sendable {
  /// Each match and each stretch between is a word.
  case isolated = "Isolated"
  /// Matches are left out.
  case removed = "Removed"
  /// A match goes to the stretch before it; of several in a row only the first does.
  case mergedWithPrevious = "MergedWithPrevious"
  /// A match goes to the stretch after it; of several in a row only the last does.
  case mergedWithNext = "MergedWithNext"
  /// Matches in a row are one word.
  case contiguous = "Contiguous"

  /// The words that `stretches`, which follow each other in `text`, become.
  func words(
    of stretches: [Stretch], in text: ArraySlice<Unicode.Scalar>
  ) -> [ArraySlice<Unicode.Scalar>] {
    let words: [ArraySlice<Unicode.Scalar>] =
      switch self {
      case .isolated: stretches.map(\.text)
      case .removed: stretches.filter { !$0.isMatch }.map(\.text)
      case .mergedWithPrevious:
        joined(stretches, in: text) { before, next in next && !before }
      case .mergedWithNext:
        joined(stretches, in: text) { before, next in before && !next }
      case .contiguous: joined(stretches, in: text) { before, next in before == next }
      }
    return words.filter { !$0.isEmpty }
  }

  /// - Parameter joins: whether two neighbours are one word, from whether each is a match.
  private func joined(
    _ stretches: [Stretch], in text: ArraySlice<Unicode.Scalar>, _ joins: (Bool, Bool) -> Bool
  ) -> [ArraySlice<Unicode.Scalar>] {
    var words: [ArraySlice<Unicode.Scalar>] = []
    var before: Bool?
    for stretch in stretches {
      if let last = words.last, let before, joins(before, stretch.isMatch) {
        words[words.count - 1] = text[last.startIndex..<stretch.text.endIndex]
      } else {
        words.append(stretch.text)
      }
      before = stretch.isMatch
    }
    return words
  }
}

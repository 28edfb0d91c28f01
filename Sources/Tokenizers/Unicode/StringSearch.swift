/// A stretch of a text, and whether it is what was searched for.
typealias Stretch = (text: ArraySlice<Unicode.Scalar>, isMatch: Bool)

/// Finds a text in others, every occurrence from the left that does not overlap the one before, in linear time whatever
/// it repeats (Knuth, Morris and Pratt, 1977).
struct StringSearch: Sendable {
  private let pattern: [Unicode.Scalar]
  /// For every beginning of the pattern, by its last place: the length of the longest shorter beginning that it ends with.
  private let borders: [Int]

  init(_ pattern: [Unicode.Scalar]) {
    self.pattern = pattern
    var borders = [0]
    for scalar in pattern.dropFirst() {
      var length = borders[borders.count - 1]
      while length > 0, pattern[length] != scalar { length = borders[length - 1] }
      borders.append(pattern[length] == scalar ? length + 1 : 0)
    }
    self.borders = borders
  }

  /// How many scalars the pattern has.
  var count: Int { pattern.count }

  /// The first `length` scalars of the pattern.
  func beginning(_ length: Int) -> ArraySlice<Unicode.Scalar> { pattern[..<length] }

  /// How much of the pattern a text ends with, from how much it ended with before `scalar` (less than all).
  func matched(_ before: Int, then scalar: Unicode.Scalar) -> Int {
    var matched = before
    while matched > 0, pattern[matched] != scalar { matched = borders[matched - 1] }
    return pattern[matched] == scalar ? matched + 1 : 0
  }

  /// Where the pattern occurs; nowhere if it is empty.
  func ranges(in text: ArraySlice<Unicode.Scalar>) -> [Range<Int>] {
    guard !pattern.isEmpty else { return [] }
    var ranges: [Range<Int>] = []
    var matched = 0
    for (index, scalar) in zip(text.indices, text) {
      matched = self.matched(matched, then: scalar)
      if matched == pattern.count {
        ranges.append(index + 1 - pattern.count..<index + 1)
        matched = 0
      }
    }
    return ranges
  }

  /// The occurrences, and what is between them.
  func stretches(of text: ArraySlice<Unicode.Scalar>) -> [Stretch] {
    var stretches: [Stretch] = []
    var start = text.startIndex
    for range in ranges(in: text) {
      if start < range.lowerBound { stretches.append((text[start..<range.lowerBound], false)) }
      stretches.append((text[range], true))
      start = range.upperBound
    }
    if start < text.endIndex { stretches.append((text[start...], false)) }
    return stretches
  }
}

extension ArraySlice<Unicode.Scalar> {
  /// The stretches of a pattern that matches single scalars.
  func stretches(matching matches: (Unicode.Scalar) -> Bool) -> [Stretch] {
    var stretches: [Stretch] = []
    var start = startIndex
    for index in indices where matches(self[index]) {
      if start < index { stretches.append((self[start..<index], false)) }
      stretches.append((self[index...index], true))
      start = index + 1
    }
    if start < endIndex { stretches.append((self[start...], false)) }
    return stretches
  }
}

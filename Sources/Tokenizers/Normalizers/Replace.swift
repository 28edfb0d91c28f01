/// `Replace` of a plain string: every occurrence from the left that does not overlap the one before.
///
/// Found in linear time (Knuth, Morris and Pratt, 1977), whatever the pattern repeats.
struct Replace: Normalizer {
  private let pattern: [Unicode.Scalar]
  private let content: [Unicode.Scalar]
  /// For every beginning of the pattern, by its last place: the length of the longest shorter beginning that it ends with.
  private let borders: [Int]

  /// - Parameter pattern: not empty.
  init(pattern: [Unicode.Scalar], content: [Unicode.Scalar]) {
    self.pattern = pattern
    self.content = content
    var borders = [0]
    for scalar in pattern.dropFirst() {
      var length = borders[borders.count - 1]
      while length > 0, pattern[length] != scalar { length = borders[length - 1] }
      borders.append(pattern[length] == scalar ? length + 1 : 0)
    }
    self.borders = borders
  }

  func normalize(_ text: inout [Unicode.Scalar], limit: Int) throws(TextGrewTooLong) {
    var result: [Unicode.Scalar] = []
    /// How much of the pattern the text before ends with; it is not in the result yet.
    var matched = 0
    for scalar in text {
      while matched > 0, pattern[matched] != scalar {
        let shorter = borders[matched - 1]
        result += pattern[..<(matched - shorter)]
        matched = shorter
      }
      if pattern[matched] == scalar { matched += 1 } else { result.append(scalar) }
      if matched == pattern.count {
        result += content
        matched = 0
      }
      guard result.count <= limit else { throw TextGrewTooLong() }
    }
    text = result + pattern[..<matched]
  }
}

/// `Replace` of a plain string: every occurrence from the left that does not overlap the one before.
struct Replace: Normalizer {
  private let search: StringSearch
  private let content: [Unicode.Scalar]

  /// - Parameter pattern: not empty.
  init(pattern: [Unicode.Scalar], content: [Unicode.Scalar]) {
    search = StringSearch(pattern)
    self.content = content
  }

  func normalize(_ text: inout [Unicode.Scalar], limit: Int) throws(TextGrewTooLong) {
    var result: [Unicode.Scalar] = []
    for stretch in search.stretches(of: text[...]) {
      result += stretch.isMatch ? content[...] : stretch.text
      guard result.count <= limit else { throw TextGrewTooLong() }
    }
    text = result
  }
}

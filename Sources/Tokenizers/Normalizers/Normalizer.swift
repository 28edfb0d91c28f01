/// A change made to the text before it is cut into words (section `normalizer`).
///
/// Text is a list of Unicode scalars throughout: `tokenizers` knows no grapheme clusters.
protocol Normalizer: Sendable {
  /// - Parameter limit: the most scalars that may come out.
  /// - Throws: `TextGrewTooLong`.
  func normalize(_ text: inout [Unicode.Scalar], limit: Int) throws(TextGrewTooLong)
}

/// A normalizer that makes at most 18 scalars of one (the most that any Unicode mapping does), so that it is enough to
/// look at its result.
protocol BoundedNormalizer: Normalizer {
  func normalize(_ text: inout [Unicode.Scalar])
}

extension BoundedNormalizer {
  func normalize(_ text: inout [Unicode.Scalar], limit: Int) throws(TextGrewTooLong) {
    normalize(&text)
    guard text.count <= limit else { throw TextGrewTooLong() }
  }
}

/// Normalizers would make more of a text than `NormalizedLength` allows.
struct TextGrewTooLong: Error {}

/// How much normalizers may make of a text. No text grows like that under the normalizers of published models; a few
/// bytes of chained replacements could otherwise fill any memory.
enum NormalizedLength {
  static let scalarsPerScalar = 32
  static let scalarsBesides = 1024

  static func limit(of text: some Collection<Unicode.Scalar>) -> Int {
    scalarsPerScalar * text.count + scalarsBesides
  }
}

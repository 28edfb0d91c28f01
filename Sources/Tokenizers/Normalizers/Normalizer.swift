/// A change made to the text before it is cut into words (section `normalizer`).
///
/// Text is a list of Unicode scalars throughout: `tokenizers` knows no grapheme clusters.
protocol Normalizer: Sendable {
  func normalize(_ text: inout [Unicode.Scalar])
}

/// Cuts normalized text into words (section `pre_tokenizer`).
protocol PreTokenizer: Sendable {
  /// The words of `text`, in order; none is empty.
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>]
  /// The same for a text whose place makes a difference.
  func words(of text: ArraySlice<Unicode.Scalar>, place: TextPlace) -> [ArraySlice<Unicode.Scalar>]
  /// Whether a word inside of a text is spelt with the space before it.
  var keepsSpaces: Bool { get }
}

/// Where a stretch of text stands in the whole that is encoded.
enum TextPlace {
  case beginning
  /// After other text or an added token.
  case within
}

extension PreTokenizer {
  var keepsSpaces: Bool { false }

  func words(of text: ArraySlice<Unicode.Scalar>, place: TextPlace) -> [ArraySlice<Unicode.Scalar>]
  { words(of: text) }
}

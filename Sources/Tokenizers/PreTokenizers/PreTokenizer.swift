/// Cuts normalized text into words (section `pre_tokenizer`).
protocol PreTokenizer: Sendable {
  /// The words of `text`, in order; none is empty.
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>]
  /// Whether a word inside of a text is spelt with the space before it.
  var keepsSpaces: Bool { get }
}

extension PreTokenizer {
  var keepsSpaces: Bool { false }
}

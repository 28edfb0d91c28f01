/// `Punctuation` with the behavior `Isolated`: every punctuation mark is a word.
struct Punctuation: PreTokenizer {
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    text.splitAroundPunctuation()
  }
}

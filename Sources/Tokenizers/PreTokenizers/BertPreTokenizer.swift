/// `BertPreTokenizer`: cuts at white space, then around every punctuation mark.
struct BertPreTokenizer: PreTokenizer {
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    text.splitAtWhitespace().flatMap { $0.splitAroundPunctuation() }
  }
}

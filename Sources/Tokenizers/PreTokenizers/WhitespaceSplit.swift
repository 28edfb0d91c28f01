/// `WhitespaceSplit`: cuts at white space only.
struct WhitespaceSplit: PreTokenizer {
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    text.splitAtWhitespace()
  }
}

/// `Whitespace`: the matches of the regular expression `\w+|[^\w\s]+`.
struct Whitespace: PreTokenizer {
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    text.splitAtWhitespace().flatMap { stretch in
      var pieces: [ArraySlice<Unicode.Scalar>] = []
      var rest = stretch
      while let first = rest.first {
        let isWord = first.has(.word)
        let piece = rest.prefix { $0.has(.word) == isWord }
        pieces.append(piece)
        rest = rest[piece.endIndex...]
      }
      return pieces
    }
  }
}

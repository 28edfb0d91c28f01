/// `Sequence`: each pre-tokenizer cuts the words of the one before it.
struct PreTokenizerSequence: PreTokenizer {
  let preTokenizers: [any PreTokenizer]

  var keepsSpaces: Bool { preTokenizers.contains(where: \.keepsSpaces) }

  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    preTokenizers.reduce(text.isEmpty ? [] : [text]) { words, preTokenizer in
      words.flatMap(preTokenizer.words)
    }
  }
}

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

/// `WhitespaceSplit`: cuts at white space only.
struct WhitespaceSplit: PreTokenizer {
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    text.splitAtWhitespace()
  }
}

/// `Punctuation` with the behavior `Isolated`: every punctuation mark is a word.
struct Punctuation: PreTokenizer {
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    text.splitAroundPunctuation()
  }
}

/// `BertPreTokenizer`: cuts at white space, then around every punctuation mark.
struct BertPreTokenizer: PreTokenizer {
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    text.splitAtWhitespace().flatMap { $0.splitAroundPunctuation() }
  }
}

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

extension ArraySlice<Unicode.Scalar> {
  /// The stretches without white space.
  func splitAtWhitespace() -> [ArraySlice<Unicode.Scalar>] {
    split { $0.has(.whitespace) }
  }

  /// Every punctuation mark alone, and the stretches between them.
  func splitAroundPunctuation() -> [ArraySlice<Unicode.Scalar>] {
    var pieces: [ArraySlice<Unicode.Scalar>] = []
    var start = startIndex
    for index in indices where self[index].has(.punctuation) {
      if start < index { pieces.append(self[start..<index]) }
      pieces.append(self[index...index])
      start = index + 1
    }
    if start < endIndex { pieces.append(self[start...]) }
    return pieces
  }
}

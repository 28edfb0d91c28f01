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

/// `Punctuation`: cuts at every punctuation mark.
struct Punctuation: PreTokenizer {
  var behavior = SplitBehavior.isolated

  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    behavior.words(of: text.stretches { $0.has(.punctuation) }, in: text)
  }
}

/// `Digits`: numbers are words, or each of their digits is one.
struct Digits: PreTokenizer {
  let isolatesDigits: Bool

  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    (isolatesDigits ? SplitBehavior.isolated : .contiguous).words(
      of: text.stretches { $0.has(.digit) }, in: text)
  }
}

/// `BertPreTokenizer`: cuts at white space, then around every punctuation mark.
struct BertPreTokenizer: PreTokenizer {
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    text.splitAtWhitespace().flatMap(Punctuation().words)
  }
}

/// `Sequence`: each pre-tokenizer cuts the words of the one before it.
struct PreTokenizerSequence: PreTokenizer {
  let preTokenizers: [any PreTokenizer]

  var keepsSpaces: Bool { preTokenizers.contains(where: \.keepsSpaces) }

  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    words(of: text, place: .within)
  }

  func words(
    of text: ArraySlice<Unicode.Scalar>, place: TextPlace
  ) -> [ArraySlice<Unicode.Scalar>] {
    preTokenizers.reduce(text.isEmpty ? [] : [text]) { words, preTokenizer in
      words.enumerated().flatMap { index, word in
        preTokenizer.words(of: word, place: index == 0 ? place : .within)
      }
    }
  }
}

extension ArraySlice<Unicode.Scalar> {
  /// The stretches without white space.
  func splitAtWhitespace() -> [ArraySlice<Unicode.Scalar>] {
    split { $0.has(.whitespace) }
  }
}

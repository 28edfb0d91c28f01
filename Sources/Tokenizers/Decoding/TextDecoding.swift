/// `Metaspace`: marks become spaces; those of the first token go.
struct MetaspaceDecoding: DecodingStage {
  let mark: Unicode.Scalar
  let prepends: Metaspace.PrependScheme
  private var isFirst = true

  init(mark: Unicode.Scalar, prepends: Metaspace.PrependScheme) {
    self.mark = mark
    self.prepends = prepends
  }

  mutating func pieces(after piece: DecodedPiece) -> [DecodedPiece] {
    defer { isFirst = false }
    if isFirst, prepends != .never { return [DecodedPiece(text: piece.text.filter { $0 != mark })] }
    return [DecodedPiece(text: piece.text.map { $0 == mark ? " " : $0 })]
  }
}

/// `WordPiece`: a space before every token but the first and those that continue a word.
struct WordPieceDecoding: DecodingStage {
  private let prefix: [Unicode.Scalar]
  private var isFirst = true

  /// - Parameter continuationPrefix: what marks a token inside a word, usually `##`.
  init(continuationPrefix: String) {
    prefix = Array(continuationPrefix.unicodeScalars)
  }

  mutating func pieces(after piece: DecodedPiece) -> [DecodedPiece] {
    defer { isFirst = false }
    if isFirst { return [piece] }
    let continuesWord = piece.text.starts(with: prefix)
    return [
      DecodedPiece(
        text: continuesWord ? Array(piece.text.dropFirst(prefix.count)) : [" "] + piece.text)
    ]
  }

  /// Spaces that `tokenizers` removes inside each decoded token.
  static let cleaning = ReplaceDecoding.list([
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ])

  /// Spaces that `transformers` removes in the whole text (`clean_up_tokenization_spaces`).
  static let cleaningOfText = ReplaceDecoding.list([
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ])
}

/// `Strip` at the beginning of every token.
struct StripDecoding: DecodingStage {
  let content: Unicode.Scalar
  /// How many are removed at most.
  let count: Int
  private var left = 0

  init(content: Unicode.Scalar, count: Int) {
    self.content = content
    self.count = count
  }

  mutating func pieces(after piece: DecodedPiece) -> [DecodedPiece] {
    if !piece.continues { left = count }
    let stripped = piece.text.prefix(left).prefix { $0 == content }.count
    left = stripped < piece.text.count ? 0 : left - stripped
    return [
      DecodedPiece(text: Array(piece.text.dropFirst(stripped)), continues: piece.continues)
    ]
  }
}

/// `Replace` of a plain string in every token.
struct ReplaceDecoding: DecodingStage {
  private let search: StringSearch
  private let content: [Unicode.Scalar]
  /// How much of the pattern the token ends with so far; it is held back.
  private var matched = 0

  /// - Parameter pattern: not empty.
  init(pattern: [Unicode.Scalar], content: [Unicode.Scalar]) {
    search = StringSearch(pattern)
    self.content = content
  }

  static func list(_ replacements: [(pattern: String, content: String)]) -> [ReplaceDecoding] {
    replacements.map {
      ReplaceDecoding(
        pattern: Array($0.pattern.unicodeScalars), content: Array($0.content.unicodeScalars))
    }
  }

  mutating func pieces(after piece: DecodedPiece) -> [DecodedPiece] {
    let before = piece.continues ? [] : remainder()
    var text: [Unicode.Scalar] = []
    for scalar in piece.text {
      let next = search.matched(matched, then: scalar)
      if next == search.count {
        text += content
        matched = 0
      } else {
        let released = matched + 1 - next
        text += search.beginning(min(released, matched))
        if released > matched { text.append(scalar) }
        matched = next
      }
    }
    return before + [DecodedPiece(text: text, continues: piece.continues)]
  }

  mutating func remainder() -> [DecodedPiece] {
    guard matched > 0 else { return [] }
    defer { matched = 0 }
    return [DecodedPiece(text: Array(search.beginning(matched)), continues: true)]
  }
}

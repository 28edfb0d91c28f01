/// Turns token ids into text one at a time, as they are generated.
///
/// What it returns is final and never ends within a character. Together with what `finish` returns it is what
/// `Tokenizer.decode` makes of all the ids.
public struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  private var stages: [any DecodingStage]

  /// - Parameters:
  ///   - tokenizer: whose ids will come.
  ///   - skipSpecialTokens: whether special tokens are left out of the text.
  public init(_ tokenizer: Tokenizer, skipSpecialTokens: Bool = false) {
    self.tokenizer = tokenizer
    skipsSpecialTokens = skipSpecialTokens
    stages = tokenizer.decoding
  }

  /// The text that is final once `id` has come; it may be empty. An id without a token adds nothing.
  public mutating func text(after id: Int32) -> String {
    guard let token = tokenizer.decodedToken(for: id), !(skipsSpecialTokens && token.isSpecial)
    else { return "" }
    return text(of: [DecodedPiece(text: token.text)], from: 0)
  }

  /// The text that was held back, when no more ids come.
  public mutating func finish() -> String {
    var text = ""
    for index in stages.indices {
      text.unicodeScalars +=
        self.text(of: stages[index].remainder(), from: index + 1).unicodeScalars
    }
    return text
  }

  /// What the stages from `first` on make of `pieces`.
  private mutating func text(of pieces: [DecodedPiece], from first: Int) -> String {
    var pieces = pieces
    for index in stages.indices.dropFirst(first) {
      pieces = pieces.flatMap { stages[index].pieces(after: $0) }
    }
    return String(String.UnicodeScalarView(pieces.flatMap(\.text)))
  }
}

extension Tokenizer {
  /// The text of `ids`, as the Python packages make it.
  /// - Parameters:
  ///   - ids: token ids; those without a token add nothing.
  ///   - skipSpecialTokens: whether special tokens are left out.
  public func decode(_ ids: some Sequence<Int32>, skipSpecialTokens: Bool = false) -> String {
    var decoder = StreamingDecoder(self, skipSpecialTokens: skipSpecialTokens)
    var text = String.UnicodeScalarView()
    for id in ids { text += decoder.text(after: id).unicodeScalars }
    text += decoder.finish().unicodeScalars
    return String(text)
  }
}

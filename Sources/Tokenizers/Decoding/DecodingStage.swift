/// A part of what comes out of decoding: a token, or more of the one before it.
struct DecodedPiece {
  var text: [Unicode.Scalar]
  /// Whether it goes on with the token before it.
  var continues = false
}

/// One step from tokens to text (section `decoder`), fed one piece at a time, so that a text can be shown while it grows.
///
/// What a stage gives out is final. It holds back what later pieces may change.
protocol DecodingStage: Sendable {
  /// What is final once `piece` has come.
  mutating func pieces(after piece: DecodedPiece) -> [DecodedPiece]
  /// What was held back, when nothing more comes.
  mutating func remainder() -> [DecodedPiece]
}

extension DecodingStage {
  mutating func remainder() -> [DecodedPiece] { [] }
}

/// Where there is no decoder: tokens with spaces between them.
struct SpacesBetween: DecodingStage {
  private var isFirst = true

  mutating func pieces(after piece: DecodedPiece) -> [DecodedPiece] {
    defer { isFirst = false }
    return isFirst ? [piece] : [DecodedPiece(text: [" "] + piece.text)]
  }
}

/// `Fuse`: all tokens become one.
struct FuseDecoding: DecodingStage {
  private var isFirst = true

  mutating func pieces(after piece: DecodedPiece) -> [DecodedPiece] {
    defer { isFirst = false }
    return [DecodedPiece(text: piece.text, continues: !isFirst)]
  }
}

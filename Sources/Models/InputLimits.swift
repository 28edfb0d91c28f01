import Weights

/// What a model can read: the sizes of its tables of words, token types and positions.
public struct InputLimits: Sendable {
  /// How many ids the word table has.
  public let vocabularySize: Int
  /// How many segments the token-type table has.
  public let typeVocabularySize: Int
  /// The longest sequence that has positions.
  public let maximumLength: Int

  init(_ shape: EncoderConfiguration) {
    vocabularySize = shape.vocabularySize
    typeVocabularySize = shape.typeVocabularySize
    maximumLength = shape.positions.maximumLength(of: shape.maximumPositions)
  }
}

extension ModelFolder {
  /// What the folder's model can read, by its `config.json`.
  /// - Throws: `InputError` when it cannot be used.
  public func inputLimits() throws -> InputLimits {
    let file = try configuration()
    return InputLimits(try EncoderConfiguration(file, ModelType(file).architecture))
  }
}

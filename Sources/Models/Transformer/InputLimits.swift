/// What a model can read: the sizes of its tables of words, token types and positions.
public struct InputLimits: Sendable {
  /// How many ids the word table has.
  public let vocabularySize: Int
  /// How many segments the token-type table has.
  public let typeVocabularySize: Int
  /// The longest sequence that has positions.
  public let maximumLength: Int
}

import Support

/// The models that a `tokenizer.json` may name in `type`.
enum TokenModelReader: String, CaseIterable {
  case wordPiece = "WordPiece"

  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> any TokenModel {
    switch try kind(of: field) {
    case .wordPiece: try wordPiece(field)
    }
  }

  /// Early files do not say; only WordPiece has this key.
  private static func kind(of field: JSONField) throws -> Self {
    if try field.optional("type") == nil, try field.optional("max_input_chars_per_word") != nil {
      return .wordPiece
    }
    return try field.required("type").oneOf(Self.self)
  }

  private static func wordPiece(_ field: JSONField) throws -> WordPieceModel {
    let vocabulary = try vocabulary(field.required("vocab"))
    let unknown = try field.required("unk_token")
    guard let unknownId = vocabulary.id(of: try unknown.string()) else {
      throw unknown.error("\"\(try unknown.string())\" is not in the vocabulary")
    }
    return WordPieceModel(
      vocabulary: vocabulary, unknownId: unknownId,
      continuationPrefix: try field.required("continuing_subword_prefix").string(),
      longestWord: Int(try field.required("max_input_chars_per_word").natural()))
  }

  private static func vocabulary(_ field: JSONField) throws -> Vocabulary {
    do {
      return try Vocabulary(field.members().map { ($0.key, try $0.field.natural()) })
    } catch let duplicate as Vocabulary.Duplicate {
      let tokens = duplicate.tokens.map { "\"\($0)\"" }.joined(separator: " and ")
      throw field.error("gives the id \(duplicate.id) to both \(tokens)")
    }
  }
}

import Support

/// The models that a `tokenizer.json` may name in `type`.
enum TokenModelReader: String, CaseIterable {
  case bpe = "BPE"
  case wordPiece = "WordPiece"

  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> any TokenModel {
    switch try kind(of: field) {
    case .bpe: try BPEReader.read(field)
    case .wordPiece: try wordPiece(field)
    }
  }

  /// The section `model` of a `tokenizer.json`, which must be of a kind.
  /// - Throws: `InputError` naming the key that says otherwise.
  static func section(of file: JSONField, _ kind: Self) throws -> JSONField {
    let field = try file.required("model")
    let found = try Self.kind(of: field)
    guard found == kind else {
      throw field.error(
        "is \(found.rawValue), but the folder's tokenizer_class or model_type stands for \(kind.rawValue); "
          + "\"tokenizer_class\": \"PreTrainedTokenizerFast\" in tokenizer_config.json reads tokenizer.json as it stands"
      )
    }
    return field
  }

  /// Early files do not say; these keys do.
  private static func kind(of field: JSONField) throws -> Self {
    if try field.optional("type") == nil {
      if try field.optional("merges") != nil { return .bpe }
      if try field.optional("max_input_chars_per_word") != nil { return .wordPiece }
    }
    return try field.required("type").oneOf(Self.self)
  }

  private static func wordPiece(_ field: JSONField) throws -> WordPieceModel {
    let vocabulary = try Vocabulary(field.required("vocab"))
    let unknown = try field.required("unk_token")
    guard let unknownId = vocabulary.id(of: try unknown.string()) else {
      throw unknown.error("\"\(try unknown.string())\" is not in the vocabulary")
    }
    return WordPieceModel(
      vocabulary: vocabulary, unknownId: unknownId,
      continuationPrefix: try field.required("continuing_subword_prefix").string(),
      longestWord: Int(try field.required("max_input_chars_per_word").natural()))
  }
}

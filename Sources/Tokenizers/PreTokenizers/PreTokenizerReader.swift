import Support

/// The pre-tokenizers that a `tokenizer.json` may name in `type`.
enum PreTokenizerReader: String, CaseIterable {
  case bertPreTokenizer = "BertPreTokenizer"
  case byteLevel = "ByteLevel"
  case punctuation = "Punctuation"
  case sequence = "Sequence"
  case whitespace = "Whitespace"
  case whitespaceSplit = "WhitespaceSplit"

  private enum PunctuationBehavior: String, CaseIterable {
    case isolated = "Isolated"
  }

  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> any PreTokenizer {
    switch try field.required("type").oneOf(Self.self) {
    case .bertPreTokenizer: return BertPreTokenizer()
    case .byteLevel:
      return ByteLevel(
        addsPrefixSpace: try field.required("add_prefix_space").bool(),
        cuts: try field.optional("use_regex")?.bool() ?? true)
    case .punctuation:
      _ = try field.optional("behavior")?.oneOf(PunctuationBehavior.self)
      return Punctuation()
    case .sequence:
      let elements = try field.required("pretokenizers").elements()
      return PreTokenizerSequence(preTokenizers: try elements.map(read))
    case .whitespace: return Whitespace()
    case .whitespaceSplit: return WhitespaceSplit()
    }
  }
}

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

  /// More than this many in one file would only cost time.
  private static let maximumCount = 128

  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> any PreTokenizer {
    let preTokenizers = try list(field)
    guard preTokenizers.count <= maximumCount else {
      throw field.error(
        "has \(preTokenizers.count) pre-tokenizers, expected at most \(maximumCount)")
    }
    return preTokenizers.count == 1
      ? preTokenizers[0] : PreTokenizerSequence(preTokenizers: preTokenizers)
  }

  /// One pre-tokenizer, or those of a sequence and of the sequences in it.
  private static func list(_ field: JSONField) throws -> [any PreTokenizer] {
    guard try field.required("type").oneOf(Self.self) == .sequence else {
      return [try single(field)]
    }
    return try field.required("pretokenizers").elements().flatMap(list)
  }

  private static func single(_ field: JSONField) throws -> any PreTokenizer {
    switch try field.required("type").oneOf(Self.self) {
    case .bertPreTokenizer: return BertPreTokenizer()
    case .byteLevel:
      return ByteLevel(
        addsPrefixSpace: try field.required("add_prefix_space").bool(),
        cuts: try field.optional("use_regex")?.bool() ?? true)
    case .punctuation:
      _ = try field.optional("behavior")?.oneOf(PunctuationBehavior.self)
      return Punctuation()
    case .sequence: return try read(field)
    case .whitespace: return Whitespace()
    case .whitespaceSplit: return WhitespaceSplit()
    }
  }
}

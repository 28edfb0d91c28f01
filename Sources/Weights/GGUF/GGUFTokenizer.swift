import Support

/// What a GGUF file holds of its tokenizer, as plain values.
public struct GGUFTokenizer: Sendable {
  /// The kind of tokenizer: `gpt2` (byte-level BPE), `llama` (SentencePiece), ...
  public let model: String
  /// The name of the rule that splits text into words, such as `smollm` or `llama-bpe`.
  public let preTokenizer: String?
  /// The tokens by their ids.
  public let tokens: [String]
  /// The kind of each token (1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte);
  /// empty when the file has none.
  public let kinds: [Int]
  /// The score of each token; empty when the file has none.
  public let scores: [Double]
  /// Pairs of tokens that are merged, separated by a space, the first before the others.
  public let merges: [String]
  /// The ids of special tokens by their role: `bos`, `eos`, `unknown`, `padding`, `eot`, ...
  public let specialTokens: [String: Int]
  /// Whether a token is added before, and after, every text; nil when the file does not say.
  public let addsBeginning: Bool?, addsEnd: Bool?
  /// Whether a space is put before every text; nil when the file does not say.
  public let addsSpacePrefix: Bool?
  /// The Jinja program that turns conversations into text.
  public let chatTemplate: String?
}

extension GGUFFile {
  /// The tokenizer, or nil when the file has none.
  /// - Throws: `InputError` when lists differ in length, or an id is none of a token.
  public func tokenizer() throws -> GGUFTokenizer? {
    let prefix = "tokenizer.ggml."
    guard let tokens = try metadata.texts(prefix + "tokens") else { return nil }
    guard let model = try metadata.text(prefix + "model") else {
      throw metadata.error(prefix + "model", "is missing, expected the kind of tokenizer")
    }
    let kinds = try metadata.integers(prefix + "token_type") ?? []
    let scores = try metadata.numbers(prefix + "scores") ?? []
    for (key, count) in [("token_type", kinds.count), ("scores", scores.count)]
    where count != 0 && count != tokens.count {
      throw metadata.error(prefix + key, "has \(count) values for \(tokens.count) tokens")
    }
    var specialTokens: [String: Int] = [:]
    for key in metadata.keys where key.hasPrefix(prefix) && key.hasSuffix("_token_id") {
      guard let id = try metadata.integer(key) else { continue }
      guard tokens.indices.contains(id) else {
        throw metadata.error(key, "is \(id), expected the id of one of \(tokens.count) tokens")
      }
      specialTokens[String(key.dropFirst(prefix.count).dropLast("_token_id".count))] = id
    }
    return GGUFTokenizer(
      model: model, preTokenizer: try metadata.text(prefix + "pre"), tokens: tokens, kinds: kinds,
      scores: scores, merges: try metadata.texts(prefix + "merges") ?? [],
      specialTokens: specialTokens, addsBeginning: try metadata.truth(prefix + "add_bos_token"),
      addsEnd: try metadata.truth(prefix + "add_eos_token"),
      addsSpacePrefix: try metadata.truth(prefix + "add_space_prefix"),
      chatTemplate: try metadata.text("tokenizer.chat_template"))
  }
}

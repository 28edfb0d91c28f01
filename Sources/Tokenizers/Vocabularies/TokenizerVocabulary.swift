/// The vocabulary of a decoder as GGUF files and SentencePiece models hold it: lists with an entry for every id.
public struct TokenizerVocabulary: Sendable {
  /// How texts are cut into tokens (`tokenizer.ggml.model`).
  public enum Model: Sendable {
    /// SentencePiece BPE with tokens for bytes (`llama`): pairs merge by the score of what they become.
    case sentencePiece(scores: [Float])
    /// Byte-level BPE (`gpt2`) with merges like `Ġ t`, by rank, and the way of cutting texts into words.
    case byteLevel(merges: [String], preTokenizer: ByteLevelPreTokenizer)
  }

  /// The ways of cutting texts into words that GGUF files name (`tokenizer.ggml.pre`).
  public enum ByteLevelPreTokenizer: String, CaseIterable, Sendable {
    /// GPT-2's pattern, also where a file says nothing.
    case standard = "default"
    case gpt2 = "gpt-2"
    case llama3 = "llama-bpe"
    case qwen2
    /// Every digit is a word of its own; GPT-2's pattern for the rest.
    case smolLM = "smollm"
  }

  /// What a token is (`tokenizer.ggml.token_type`, and `SentencePiece.Type` of SentencePiece).
  public enum Kind: Int, Sendable {
    case normal = 1
    case unknown
    /// Special: stands for no text.
    case control
    /// Found in a text before it is cut.
    case userDefined
    case unused
    case byte
  }

  /// What stands around a text, and is in ids of the vocabulary.
  public struct SpecialTokens: Sendable {
    /// The beginning of a text.
    public var beginning: Int32?
    /// The end of a text.
    public var end: Int32?
    /// What fills up batches.
    public var padding: Int32?
    /// What stands for text that has no token.
    public var unknown: Int32?
    /// Whether `beginning` is put before a text (`add_bos_token`).
    public var addsBeginning = false
    /// Whether `end` is put after a text (`add_eos_token`).
    public var addsEnd = false

    /// No special tokens.
    public init() {}
  }

  /// The file that it comes from, for messages.
  public let source: String
  /// How texts are cut.
  public let model: Model
  /// The token of every id.
  public let tokens: [String]
  /// What each token is; empty if all are normal.
  public let kinds: [Kind]
  /// What stands around a text.
  public let specialTokens: SpecialTokens
  /// Whether SentencePiece puts a space before a text (`add_space_prefix`).
  public let addsSpacePrefix: Bool

  /// - Parameters:
  ///   - source: the file that it comes from, for messages.
  ///   - model: how texts are cut.
  ///   - tokens: the token of every id.
  ///   - kinds: what each token is; empty if all are normal.
  ///   - specialTokens: what stands around a text.
  ///   - addsSpacePrefix: whether SentencePiece puts a space before a text.
  public init(
    source: String, model: Model, tokens: [String], kinds: [Kind] = [],
    specialTokens: SpecialTokens = .init(), addsSpacePrefix: Bool = true
  ) {
    self.source = source
    self.model = model
    self.tokens = tokens
    self.kinds = kinds
    self.specialTokens = specialTokens
    self.addsSpacePrefix = addsSpacePrefix
  }
}

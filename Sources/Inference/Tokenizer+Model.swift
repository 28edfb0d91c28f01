import Support
import Tokenizers
import Weights

extension Tokenizer {
  /// The tokenizer of a model's folder, or of its GGUF file.
  /// - Throws: `InputError` when there is none that can be used.
  public init(_ model: ModelFolder) throws {
    guard model.isGGUF else {
      try self.init(folder: model.url)
      return
    }
    guard let lists = try GGUFFile(model.url).tokenizer() else {
      throw InputError(model.url.path, "has no tokenizer")
    }
    try self.init(vocabulary: TokenizerVocabulary(lists, source: model.url.path))
  }
}

extension TokenizerVocabulary {
  /// The lists of a GGUF file.
  /// - Throws: `InputError` naming the key that cannot be used.
  fileprivate init(_ lists: GGUFTokenizer, source: String) throws {
    func error(_ key: String, _ problem: String) -> InputError {
      InputError(source, at: "key \"tokenizer.ggml.\(key)\"", problem)
    }
    let model: Model
    switch lists.model {
    case "llama": model = .sentencePiece(scores: lists.scores.map(Float.init))
    case "gpt2":
      guard let preTokenizer = ByteLevelPreTokenizer(rawValue: lists.preTokenizer ?? "default")
      else {
        let known = ByteLevelPreTokenizer.allCases.map(\.rawValue).joined(separator: ", ")
        throw error("pre", "is \"\(lists.preTokenizer ?? "")\", expected one of \(known)")
      }
      model = .byteLevel(merges: lists.merges, preTokenizer: preTokenizer)
    default: throw error("model", "is \"\(lists.model)\", expected llama or gpt2")
    }
    var special = SpecialTokens()
    func id(_ role: String) -> Int32? { lists.specialTokens[role].map(Int32.init) }
    (special.beginning, special.end) = (id("bos"), id("eos"))
    (special.padding, special.unknown) = (id("padding"), id("unknown"))
    // llama.cpp puts the beginning before the texts of SentencePiece models unless the file says otherwise.
    special.addsBeginning = lists.addsBeginning ?? (lists.model == "llama")
    special.addsEnd = lists.addsEnd ?? false
    self.init(
      source: source, model: model, tokens: lists.tokens,
      kinds: try lists.kinds.map { number in
        guard let kind = Kind(rawValue: number) else {
          throw error("token_type", "holds \(number), expected from 1 to 6")
        }
        return kind
      }, specialTokens: special, addsSpacePrefix: lists.addsSpacePrefix ?? true)
  }
}

import Support

extension Tokenizer {
  /// The tokenizer of a GGUF file, with the ids that `transformers` gives for the model's `tokenizer.json`.
  /// - Parameter vocabulary: what the file holds.
  /// - Throws: `InputError` naming the file and the token, merge or list at fault.
  public init(vocabulary: TokenizerVocabulary) throws {
    let stages = try vocabulary.stages(metaspace: nil)
    let special = vocabulary.specialTokens
    self.init(
      stages, try stages.adding([vocabulary.addedTokens]),
      postProcessor: .around(
        beginning: special.addsBeginning ? special.beginning : nil,
        end: special.addsEnd ? special.end : nil),
      specialTokens: .init(
        beginning: special.beginning, end: special.end, padding: special.padding))
  }
}

extension TokenizerVocabulary {
  /// - Parameter metaspace: how SentencePiece's marks are put; nil for the way of LLaMA's first tokenizer, which puts one
  ///   before every text between special tokens.
  /// - Throws: `InputError` naming the token, merge or list at fault.
  func stages(metaspace: Metaspace?) throws -> Tokenizer.Stages {
    try check()
    return switch model {
    case .sentencePiece(let scores): try .sentencePiece(self, scores, metaspace)
    case .byteLevel(let merges, let preTokenizer): try .byteLevel(self, merges, preTokenizer)
    }
  }

  /// - Throws: `InputError` naming the list at fault.
  func check() throws {
    guard !tokens.isEmpty else { throw InputError(source, "has no tokens") }
    guard Int32(exactly: tokens.count).map({ $0 < .max }) == true else {
      throw InputError(source, "has \(tokens.count) tokens, which is too many")
    }
    func expectCount(_ count: Int, of list: String) throws {
      guard count != tokens.count else { return }
      throw InputError(source, "has \(count) \(list) for \(tokens.count) tokens")
    }
    if !kinds.isEmpty { try expectCount(kinds.count, of: "token types") }
    if case .sentencePiece(let scores) = model {
      try expectCount(scores.count, of: "scores")
      if let token = scores.firstIndex(where: \.isNaN) {
        throw InputError(source, at: "token \(token)", "has a score that is not a number")
      }
    }
    let ids = [
      specialTokens.beginning, specialTokens.end, specialTokens.padding, specialTokens.unknown,
    ]
    for id in ids.compactMap({ $0 }) where !tokens.indices.contains(Int(id)) {
      throw InputError(source, "names the special token \(id), but has \(tokens.count) tokens")
    }
  }

  /// Tokens that are found in a text before it is cut.
  var addedTokens: [AddedToken] {
    zip(kinds, tokens).compactMap { kind, token in
      switch kind {
      case .control, .unknown: AddedToken(content: token, isSpecial: true)
      case .userDefined:
        AddedToken(
          content: token, isNormalized: false, isWholeWord: false, stripsLeft: false,
          stripsRight: false, isSpecial: false)
      case .normal, .unused, .byte: nil
      }
    }
  }
}

extension Tokenizer.Stages {
  /// As `transformers` builds LLaMA's tokenizer, whose spaces are marks.
  fileprivate static func sentencePiece(
    _ vocabulary: TokenizerVocabulary, _ scores: [Float], _ metaspace: Metaspace?
  ) throws -> Self {
    let mark = ScoredMerges.mark
    let tokens = Vocabulary(tokens: vocabulary.tokens)
    let replace = Replace(pattern: [" "], content: [mark])
    let prepends = vocabulary.addsSpacePrefix
    let normalizers: [any Normalizer] = prepends ? [Prepend(content: [mark]), replace] : [replace]
    return Self(
      source: vocabulary.source,
      normalizer: metaspace == nil ? NormalizerSequence(normalizers: normalizers) : nil,
      preTokenizer: metaspace,
      model: BPEModel(
        vocabulary: tokens,
        merges: try ScoredMerges.merges(vocabulary, scores, tokens),
        unknown: .init(
          id: vocabulary.specialTokens.unknown, fuses: true, bytes: BPEReader.byteTokens(tokens))),
      decoding: sentencePieceDecoding(stripsSpace: prepends))
  }

  /// - Parameter stripsSpace: whether the space before a text was not there.
  static func sentencePieceDecoding(stripsSpace: Bool) -> [any DecodingStage] {
    [
      ReplaceDecoding(pattern: [ScoredMerges.mark], content: [" "]), ByteFallbackDecoding(),
      FuseDecoding(),
    ] + (stripsSpace ? [StripDecoding(content: " ", count: 1)] : [])
  }

  fileprivate static func byteLevel(
    _ vocabulary: TokenizerVocabulary, _ merges: [String],
    _ preTokenizer: TokenizerVocabulary.ByteLevelPreTokenizer
  ) throws -> Self {
    let tokens = Vocabulary(tokens: vocabulary.tokens)
    return Self(
      source: vocabulary.source,
      normalizer: preTokenizer == .qwen2 ? UnicodeNormalizer(form: .nfc) : nil,
      preTokenizer: preTokenizer.stage,
      model: BPEModel(
        vocabulary: tokens,
        merges: try merges.enumerated().map { rank, line in
          try merge(line, at: "merge \(rank)", tokens, vocabulary.source)
        },
        ignoresMerges: preTokenizer == .llama3),
      decoding: [ByteLevelDecoding()])
  }

  private static func merge(
    _ line: String, at place: String, _ tokens: Vocabulary, _ source: String
  ) throws -> MergeTable.Merge {
    guard let (left, right) = MergeTable.Merge.tokens(of: line) else {
      throw InputError(source, at: place, "expected two tokens with a space between")
    }
    do {
      return try MergeTable.Merge(left, right, in: tokens)
    } catch {
      throw InputError(source, at: place, error.description)
    }
  }
}

extension TokenizerVocabulary.ByteLevelPreTokenizer {
  fileprivate var stage: any PreTokenizer {
    func split(_ pattern: SplitPattern) -> any PreTokenizer {
      PreTokenizerSequence(preTokenizers: [
        Split(pattern: .published(pattern), behavior: .isolated, inverts: false),
        ByteLevel(addsPrefixSpace: false, cuts: false),
      ])
    }
    switch self {
    case .standard, .gpt2: return ByteLevel(addsPrefixSpace: false, cuts: true)
    case .llama3: return split(.llama3)
    case .qwen2: return split(.qwen2)
    case .smolLM:
      return PreTokenizerSequence(preTokenizers: [
        Digits(isolatesDigits: true), ByteLevel(addsPrefixSpace: false, cuts: true),
      ])
    }
  }
}

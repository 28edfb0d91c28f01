import Foundation
import Support

extension Tokenizer {
  /// Reads the tokenizer of a model's folder with the ids that `transformers` gives.
  ///
  /// What counts of `tokenizer.json`, of `vocab.txt`, or of `vocab.json` with `merges.txt`, is decided by the class that
  /// `tokenizer_config.json` or `config.json` names, or that belongs to the model.
  /// - Throws: `InputError` if a file is missing, or naming the file and key at fault.
  public init(folder url: URL) throws {
    try InputFile.checkFolder(url)
    let folder = TokenizerFolder(url: url)
    let file = try folder.json("tokenizer.json")
    let settings = try TokenizerSettings(folder, tokenizerFile: file)
    switch settings.tokenizerClass {
    case .bert, .distilBERT: try self.init(bert: folder, file, settings)
    case .roberta: try self.init(roberta: folder, file, settings)
    case .llama:
      if let file {
        try self.init(llama: file, settings)
      } else {
        try self.init(sentencePiece: folder, settings)
      }
    case .byteLevel:
      if let file { try settings.checkByteLevel(file) }
      try self.init(asItStands: folder, file, settings)
    case .file: try self.init(asItStands: folder, file, settings)
    }
  }

  private init(
    asItStands folder: TokenizerFolder, _ file: JSONField?, _ settings: TokenizerSettings
  ) throws {
    guard let file else {
      throw InputError(folder.url.path, "has no tokenizer.json, which its tokenizer is read from")
    }
    var stages = try Stages(file)
    if !(stages.model is BPEModel) { stages.decoding += try settings.cleaningOfDecodedText() }
    let own = try file.optional("added_tokens")?.elements().map(AddedToken.init) ?? []
    try self.init(
      stages,
      stages.adding(
        [own, settings.addedTokens(besides: Set(own.map(\.content)))],
        settings.specialTokensInText()),
      settings
    ) { _ in try file.optional("post_processor").map(PostProcessorReader.read) ?? .none }
  }

  /// - Parameter postProcessor: given the ids of tokens with a part in every text.
  init(
    _ stages: Stages, _ tokens: AddedTokens, _ settings: TokenizerSettings,
    postProcessor: (SpecialTokens) throws -> PostProcessor
  ) throws {
    let special = try settings.specialTokens {
      tokens.id(of: $0) ?? stages.model.vocabulary.id(of: $0)
    }
    self.init(
      stages, tokens, postProcessor: try postProcessor(special),
      side: try settings.truncationSide(), typeIds: try settings.typeIds(),
      modelMaximumLength: try settings.modelMaximumLength(), specialTokens: special)
  }

  /// - Parameter postProcessor: given the ids of the classification and the separator token.
  fileprivate init(
    _ stages: Stages, _ settings: TokenizerSettings, template: (Int32, Int32) -> PostProcessor
  ) throws {
    let tokens = try stages.adding(
      [settings.addedTokens(besides: [])], settings.specialTokensInText())
    func id(_ key: String) throws -> Int32 {
      let content = try settings.requiredToken(key)
      if let id = tokens.id(of: content) ?? stages.model.vocabulary.id(of: content) { return id }
      throw InputError(stages.source, "lacks the special token \"\(content)\"")
    }
    try self.init(stages, tokens, settings) { _ in
      template(try id("cls_token"), try id("sep_token"))
    }
  }
}

// MARK: BERT

extension Tokenizer {
  private init(bert folder: TokenizerFolder, _ file: JSONField?, _ settings: TokenizerSettings)
    throws
  {
    let source: String
    let vocabulary: Vocabulary
    if let file {
      source = file.file
      vocabulary = try Vocabulary(TokenModelReader.section(of: file, .wordPiece).required("vocab"))
    } else {
      let url = try folder.required("vocab.txt", for: "BertTokenizer")
      source = url.path
      vocabulary = try VocabularyFile.read(url)
    }
    let unknown = try settings.requiredToken("unk_token")
    guard let unknownId = vocabulary.id(of: unknown) else {
      throw InputError(source, "lacks the special token \"\(unknown)\"")
    }
    let lowercases = try settings.flag("do_lower_case") ?? true
    try self.init(
      Stages(
        source: source,
        normalizer: BertNormalizer(
          cleansText: true, spacesChinese: try settings.flag("tokenize_chinese_chars") ?? true,
          stripsAccents: try settings.flag("strip_accents") ?? lowercases, lowercases: lowercases),
        preTokenizer: BertPreTokenizer(),
        model: WordPieceModel(
          vocabulary: vocabulary, unknownId: unknownId, continuationPrefix: "##", longestWord: 100),
        decoding: [WordPieceDecoding(continuationPrefix: "##")] + WordPieceDecoding.cleaning
          + settings.cleaningOfDecodedText()),
      settings, template: PostProcessor.bert)
  }
}

// MARK: RoBERTa

extension Tokenizer {
  private init(roberta folder: TokenizerFolder, _ file: JSONField?, _ settings: TokenizerSettings)
    throws
  {
    let source: String
    let model: BPEModel
    if let file {
      source = file.file
      let section = try TokenModelReader.section(of: file, .bpe)
      let vocabulary = try Vocabulary(section.required("vocab"))
      model = BPEModel(vocabulary: vocabulary, merges: try BPEReader.merges(section, vocabulary))
    } else {
      let url = try folder.required("vocab.json", for: "RobertaTokenizer")
      let merges = try folder.required("merges.txt", for: "RobertaTokenizer")
      source = url.path
      let vocabulary = try Vocabulary(JSONField(contentsOf: url))
      model = BPEModel(vocabulary: vocabulary, merges: try MergesFile.read(merges, vocabulary))
    }
    try self.init(
      Stages(
        source: source, normalizer: nil,
        preTokenizer: ByteLevel(
          addsPrefixSpace: try settings.flag("add_prefix_space") ?? false, cuts: true),
        model: model, decoding: [ByteLevelDecoding()]),
      settings, template: PostProcessor.roberta)
  }
}

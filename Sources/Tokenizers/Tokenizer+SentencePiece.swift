import Support

extension Tokenizer {
  /// As `transformers` makes a LLaMA tokenizer of `tokenizer.model`.
  init(sentencePiece folder: TokenizerFolder, _ settings: TokenizerSettings) throws {
    guard folder.has("tokenizer.model") else {
      throw InputError(
        folder.url.path, "has no tokenizer.json and no tokenizer.model, of which one is read")
    }
    let file = try SentencePieceFile(contentsOf: folder.file("tokenizer.model"))
    let unknown = try settings.requiredToken("unk_token")
    var special = TokenizerVocabulary.SpecialTokens()
    special.unknown = file.tokens.firstIndex { $0.utf8.elementsEqual(unknown.utf8) }
      .flatMap(Int32.init(exactly:))
    let addsSpace = try settings.flag("add_prefix_space") ?? true
    let vocabulary = TokenizerVocabulary(
      source: folder.file("tokenizer.model").path, model: .sentencePiece(scores: file.scores),
      tokens: file.tokens, kinds: file.kinds, specialTokens: special, addsSpacePrefix: addsSpace)
    let stages = try vocabulary.stages(metaspace: Self.metaspace(settings))
    try self.init(
      stages,
      stages.adding(
        [
          vocabulary.addedTokens,
          settings.addedTokens(besides: Set(vocabulary.addedTokens.map(\.content))),
        ],
        settings.specialTokensInText()),
      settings, postProcessor: settings.postProcessor)
  }

  /// As `transformers` makes a LLaMA tokenizer of `tokenizer.json`: normaliser, pre-tokeniser and decoder are the
  /// class's own, so a text that begins with spaces gets none before it.
  init(llama file: JSONField, _ settings: TokenizerSettings) throws {
    let section = try TokenModelReader.section(of: file, .bpe)
    let vocabulary = try Vocabulary(section.required("vocab"))
    let addsSpace = try settings.flag("add_prefix_space") ?? true
    let stages = Stages(
      source: file.file, normalizer: nil, preTokenizer: try Self.metaspace(settings),
      model: BPEModel(
        vocabulary: vocabulary, merges: try BPEReader.merges(section, vocabulary),
        unknown: .init(fuses: true, bytes: BPEReader.byteTokens(vocabulary))),
      decoding: Stages.sentencePieceDecoding(stripsSpace: addsSpace))
    try self.init(
      stages,
      stages.adding([settings.addedTokens(besides: [])], settings.specialTokensInText()), settings
    ) { _ in try file.optional("post_processor").map(PostProcessorReader.read) ?? .none }
  }

  /// `legacy` puts a space before every text between special tokens, not only before the first.
  private static func metaspace(_ settings: TokenizerSettings) throws -> Metaspace {
    let addsSpace = try settings.flag("add_prefix_space") ?? true
    let scheme: Metaspace.PrependScheme =
      !addsSpace ? .never : try settings.flag("legacy") == true ? .always : .first
    return Metaspace(mark: ScoredMerges.mark, prepends: scheme, cuts: false)
  }
}

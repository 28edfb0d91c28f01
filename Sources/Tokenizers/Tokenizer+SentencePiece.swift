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
    // `legacy` puts a space before every text between special tokens, not only before the first.
    let scheme: Metaspace.PrependScheme =
      !addsSpace ? .never : try settings.flag("legacy") == true ? .always : .first
    let stages = try vocabulary.stages(
      metaspace: Metaspace(mark: ScoredMerges.mark, prepends: scheme, cuts: false))
    try self.init(
      stages,
      stages.adding(
        [
          vocabulary.addedTokens,
          settings.addedTokens(besides: Set(vocabulary.addedTokens.map(\.content))),
        ],
        settings.specialTokensInText()),
      settings
    ) { special in
      try settings.postProcessor(special) ?? .none
    }
  }
}

import Foundation
import Support

/// What the small files beside the vocabulary say about a tokenizer, read as `transformers` reads them.
///
/// `tokenizer_config.json` comes first. Where it lists its added tokens (`added_tokens_decoder`), nothing else counts;
/// otherwise `special_tokens_map.json` replaces its special tokens, and `added_tokens.json` and the added tokens of
/// `tokenizer.json` are added.
struct TokenizerSettings {
  let tokenizerClass: TokenizerClass
  private let configuration: JSONField?
  private let specialTokensMap: JSONField?
  private let addedTokensFile: JSONField?
  /// `tokenizer.json`
  private let tokenizerFile: JSONField?

  /// - Parameter tokenizerFile: `tokenizer.json`, if it is there.
  /// - Throws: `InputError` naming the file and key that cannot be used.
  init(_ folder: TokenizerFolder, tokenizerFile: JSONField?) throws {
    let configuration = try folder.json("tokenizer_config.json")
    tokenizerClass = try Self.tokenizerClass(folder, configuration, tokenizerFile)
    self.configuration = configuration
    self.tokenizerFile = tokenizerFile
    let listsTokens = try configuration?.optional("added_tokens_decoder") != nil
    specialTokensMap = listsTokens ? nil : try folder.json("special_tokens_map.json")
    addedTokensFile = listsTokens ? nil : try folder.json("added_tokens.json")
    try refuseWhatIsNotSupported()
  }

  private static func tokenizerClass(
    _ folder: TokenizerFolder, _ configuration: JSONField?, _ tokenizerFile: JSONField?
  ) throws -> TokenizerClass {
    let model = try folder.json("config.json")
    let type = try model?.optional("model_type")?.string()
    if let name = try configuration?.optional("tokenizer_class")
      ?? model?.optional("tokenizer_class")
    {
      let named = try TokenizerClass(name)
      // `transformers` has a class of its own for Mistral, and looks at what LLaMA 3 and others are.
      guard named == .llama, let tokenizerFile else { return named }
      return try type == "mistral" || isByteLevel(tokenizerFile) ? .file : named
    }
    if let known = type.flatMap(TokenizerClass.init(modelType:)) { return known }
    if folder.has("tokenizer.json") { return .file }
    if folder.has("vocab.txt") { return .bert }
    return folder.has("tokenizer.model") ? .llama : .roberta
  }

  /// Whether the tokens of `tokenizer.json` stand for bytes, as those of GPT-2.
  private static func isByteLevel(_ file: JSONField) throws -> Bool {
    let sections = [("pre_tokenizer", "pretokenizers"), ("decoder", "decoders")]
    return try sections.contains { section, list in
      try stages(file.optional(section), list: list).contains {
        try $0.required("type").string() == "ByteLevel"
      }
    }
  }

  private func refuseWhatIsNotSupported() throws {
    for key in ["vocab", "merges", "post_processor", "tokenizer_object"] {
      if let field = try configuration?.optional(key) { throw field.error("is not supported") }
    }
    if let inputs = try configuration?.optional("init_inputs"), try !inputs.array().isEmpty {
      throw inputs.error("is not supported; supported: none")
    }
    if let files = try configuration?.optional("fast_tokenizer_files"),
      let other = try files.elements().first(where: { try $0.string() != "tokenizer.json" })
    {
      throw other.error("names another file than tokenizer.json, which is not supported")
    }
    _ = try configuration?.optional("padding_side")?.oneOf(Truncation.Side.self)
  }

  // MARK: Settings

  /// - Throws: `InputError` naming the key at fault.
  func flag(_ key: String) throws -> Bool? { try configuration?.optional(key)?.bool() }

  /// What `tokenizer_config.json` says, or else the direction in `tokenizer.json`, whose length and strategy count for
  /// nothing.
  /// - Throws: `InputError` naming the key at fault.
  func truncationSide() throws -> Truncation.Side {
    if let side = try configuration?.optional("truncation_side") {
      return try side.oneOf(Truncation.Side.self)
    }
    return try tokenizerFile?.optional("truncation").map { try Truncation($0).side } ?? .right
  }

  /// The most tokens that the model was made for; nil if the files do not say.
  /// - Throws: `InputError` naming the key at fault.
  func modelMaximumLength() throws -> Int? {
    // The older name counts where the newer is not there, not where it is null.
    let keys = ["model_max_length", "max_len"]
    guard let members = try configuration?.members(),
      let key = keys.first(where: { key in members.contains { $0.key == key } }),
      let field = try configuration?.optional(key)
    else { return nil }
    // How transformers writes that there is no limit: 10 to the power of 30, rounded.
    if try field.number() > 1e20 { return nil }
    let length = try field.integer()
    guard length > 0 else { throw field.error(expected: "a positive integer") }
    return length
  }

  /// - Throws: `InputError` naming the key at fault.
  func typeIds() throws -> Tokenizer.TypeIds {
    guard let names = try configuration?.optional("model_input_names") else {
      return tokenizerClass.standardTypeIds
    }
    return try names.elements().contains { try $0.string() == "token_type_ids" }
      ? .fromTemplate : .zero
  }

  /// - Throws: `InputError` naming the key at fault.
  func specialTokensInText() throws -> AddedTokens.SpecialTokensInText {
    try flag("split_special_tokens") == true ? .split : .found
  }

  /// What is done to a decoded text (`clean_up_tokenization_spaces`), which `transformers` spares BPE.
  /// - Throws: `InputError` naming the key at fault.
  func cleaningOfDecodedText() throws -> [any DecodingStage] {
    guard try flag("clean_up_tokenization_spaces") == true else { return [] }
    return [FuseDecoding()] + WordPieceDecoding.cleaningOfText
  }

  /// What the byte-level classes of `transformers` would read in other ways than `tokenizer.json` says is not passed over.
  /// - Throws: `InputError` naming the key at fault.
  func checkByteLevel(_ file: JSONField) throws {
    let model = try TokenModelReader.section(of: file, .bpe)
    guard try Self.isByteLevel(file) else {
      throw model.error("has no ByteLevel beside it, which the folder's tokenizer_class stands for")
    }
    guard let field = try configuration?.optional("add_prefix_space") else { return }
    let said = try field.bool()
    let differs = try Self.stages(file.optional("pre_tokenizer"), list: "pretokenizers").contains {
      try $0.required("type").string() == "ByteLevel"
        && $0.optional("add_prefix_space")?.bool() ?? true != said
    }
    guard !differs else {
      throw field.error("is \(said), but \(file.file) says otherwise, expected the same in both")
    }
  }

  /// A section of `tokenizer.json`, or the parts of a sequence of such.
  private static func stages(_ section: JSONField?, list: String) throws -> [JSONField] {
    guard let section else { return [] }
    guard try section.required("type").string() == "Sequence" else { return [section] }
    return try section.required(list).elements().flatMap { try stages($0, list: list) }
  }

  /// The ids of tokens with a part in every text.
  /// - Parameter id: the id of a token; nil if it has none.
  /// - Throws: `InputError` naming the key at fault.
  func specialTokens(_ id: (String) -> Int32?) throws -> Tokenizer.SpecialTokens {
    .init(
      beginning: try specialToken("bos_token").flatMap { id($0.content) },
      end: try specialToken("eos_token").flatMap { id($0.content) },
      padding: try specialToken("pad_token").flatMap { id($0.content) })
  }

  /// What stands around a text by `add_bos_token` and `add_eos_token`, which count where there is no `tokenizer.json`.
  /// - Throws: `InputError` naming the key at fault.
  func postProcessor(_ special: Tokenizer.SpecialTokens) throws -> PostProcessor {
    .around(
      beginning: try flag("add_bos_token") == true ? special.beginning : nil,
      end: try flag("add_eos_token") == true ? special.end : nil)
  }

  // MARK: Tokens

  /// The content of a special token that the tokenizer cannot do without.
  /// - Throws: `InputError` naming the key at fault.
  func requiredToken(_ key: String) throws -> String {
    if let token = try specialToken(key) { return token.content }
    let file = try [specialTokensMap, configuration].compactMap { $0 }.first {
      try $0.members().contains { $0.key == key }
    }
    throw InputError(
      file?.file ?? "tokenizer_config.json", at: "key \"\(key)\"", "is null, expected a token")
  }

  /// The tokens to add to the vocabulary, in the order in which they get ids.
  /// - Parameter known: contents of tokens that are there already.
  /// - Throws: `InputError` naming the key at fault.
  func addedTokens(besides known: Set<String>) throws -> [AddedToken] {
    let named = try namedTokens()
    let names = Set(named.map(\.content))
    var tokens = try listedTokens(named: names)
    let present = known.union(tokens.map(\.content))
    var seen = Set(tokens)
    for token in try named + extraTokens() where !present.contains(token.content) {
      if seen.insert(token).inserted { tokens.append(token) }
    }
    return tokens
  }

  /// The keys that every tokenizer of `transformers` may have, in its order.
  private static let tokenKeys = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"].map {
    $0 + "_token"
  }

  /// Special tokens that have names, in the order of `transformers`: those that it knows, others with a key of their
  /// own (`image_token`), and those of a table of names.
  private func namedTokens() throws -> [AddedToken] {
    var others: [AddedToken] = []
    var ofTables: [AddedToken] = []
    for file in [configuration, specialTokensMap] {
      for (key, field) in try file?.members() ?? [] where !Self.tokenKeys.contains(key) {
        switch (key, field.value) {
        case ("extra_special_tokens", .object), ("model_specific_special_tokens", .object):
          ofTables += try field.members().map {
            try AddedToken(abbreviated: $0.field, isSpecial: true)
          }
        case (_, .string) where key.hasSuffix("_token"), (_, .object) where key.hasSuffix("_token"):
          others.append(try AddedToken(abbreviated: field, isSpecial: true))
        default: break
        }
      }
    }
    return try Self.tokenKeys.compactMap(specialToken) + others + ofTables
  }

  /// Nil where a file says `null`, or nothing and there is no standard.
  private func specialToken(_ key: String) throws -> AddedToken? {
    for file in [specialTokensMap, configuration] {
      guard let field = try file?.members().first(where: { $0.key == key })?.field else { continue }
      if field.value == .null { return nil }
      return try AddedToken(abbreviated: field, isSpecial: true)
    }
    let padding = key == "pad_token" ? try tokenizerFile?.optional("padding") : nil
    return try (tokenizerClass.standardTokens[key] ?? padding?.optional("pad_token")?.string())
      .map { AddedToken(content: $0, isSpecial: true) }
  }

  /// Special tokens without a key of their own. Their list has two names; the older one counts where the newer is empty.
  private func extraTokens() throws -> [AddedToken] {
    let (key, oldKey) = ("extra_special_tokens", "additional_special_tokens")
    func list(_ file: JSONField?, _ key: String) throws -> [JSONField]? {
      guard let field = try file?.optional(key) else { return nil }
      if case .object = field.value { return nil }
      return try field.elements()
    }
    let own = try list(configuration, key)
    let old = try list(configuration, oldKey)
    var tokens = try (own?.isEmpty ?? true ? old ?? own : own)?.map {
      try AddedToken(abbreviated: $0)
    }
    if let added = try list(specialTokensMap, key) {
      tokens = try (tokens ?? []) + added.map { try AddedToken(abbreviated: $0, isSpecial: true) }
    }
    return try tokens
      ?? list(specialTokensMap, oldKey)?.map { try AddedToken(abbreviated: $0, isSpecial: true) }
      ?? []
  }

  /// Added tokens that stand in a list with their ids, which only order them.
  private func listedTokens(named names: Set<String>) throws -> [AddedToken] {
    var tokens: [Int: AddedToken] = [:]
    if let decoder = try configuration?.optional("added_tokens_decoder") {
      for (key, field) in try decoder.members() {
        guard let id = Int(key) else { throw field.error("has no id as its key") }
        let isNamed = try names.contains(field.required("content").string())
        tokens[id] = try AddedToken(abbreviated: field, isSpecial: isNamed ? true : nil)
      }
    }
    let special = try Set((written() + extraTokens()).map(\.content))
    for (content, field) in try addedTokensFile?.members() ?? [] {
      let id = Int(try field.natural())
      tokens[id] = AddedToken(
        content: content, isNormalized: !special.contains(content), isWholeWord: false,
        stripsLeft: false, stripsRight: false, isSpecial: names.contains(content))
    }
    if try configuration?.optional("added_tokens_decoder") == nil {
      for field in try tokenizerFile?.optional("added_tokens")?.elements() ?? [] {
        tokens[Int(try field.required("id").natural())] = try AddedToken(field)
      }
    }
    return tokens.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Named special tokens that a file names.
  private func written() throws -> [AddedToken] {
    try Self.tokenKeys.compactMap { key in
      let isWritten = try [specialTokensMap, configuration].contains {
        try $0?.optional(key) != nil
      }
      return isWritten ? try specialToken(key) : nil
    }
  }
}

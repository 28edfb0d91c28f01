import Foundation
import Support

/// The lists of a tokenizer that is in files: what `Tokenizer(vocabulary:)` reads.
extension TokenizerVocabulary {
  /// - Parameters:
  ///   - url: a model's folder.
  ///   - count: how many tokens the model knows; ids without a token get names that stand in no text.
  /// - Throws: `InputError` when the files cannot be read, or what they do cannot be said by lists.
  public init(folder url: URL, count: Int) throws {
    let (tokenizer, folder) = (try Tokenizer(folder: url), TokenizerFolder(url: url))
    let stages = tokenizer.stages
    guard stages.model is BPEModel else {
      throw InputError(stages.source, "is not BPE, which lists of tokens can hold")
    }
    guard tokenizer.vocabularySize <= count else {
      throw InputError(
        stages.source,
        "has \(tokenizer.vocabularySize) tokens, more than the \(count) of the model")
    }
    let section = try folder.json("tokenizer.json")?.required("model")
    // Without tokenizer.json it was read from tokenizer.model.
    let usesBytes = try section.map { try $0.optional("byte_fallback")?.bool() ?? false } ?? true
    let unknown =
      try section?.optional("unk_token").flatMap { tokenizer.id(of: try $0.string()) }
      ?? (usesBytes ? tokenizer.id(of: "<unk>") : nil)
    let tokens = (0..<Int32(count)).map { tokenizer.token(for: $0) ?? "[PAD\($0)]" }
    let kinds = (0..<Int32(count)).map { id -> Kind in
      tokenizer.kind(of: id, unknown: unknown, usesBytes: usesBytes)
    }
    var special = try SpecialTokens(of: tokenizer)
    special.unknown = unknown
    let model: Model
    if usesBytes {
      model = try .sentencePiece(
        scores: Self.scores(tokenizer, folder, section, tokens: tokens, kinds: kinds))
    } else {
      model = .byteLevel(
        merges: try Self.merges(section), preTokenizer: try ByteLevelPreTokenizer(stages, section))
    }
    // A dot is a word of its own everywhere.
    let dot = try tokenizer.ids(of: ".").first.flatMap(tokenizer.token(for:))
    let addsSpace = usesBytes && dot?.unicodeScalars.first == ScoredMerges.mark
    self.init(
      source: stages.source, model: model, tokens: tokens, kinds: kinds, specialTokens: special,
      addsSpacePrefix: addsSpace)
  }

  /// Lines like `Ġ t`.
  private static func merges(_ section: JSONField?) throws -> [String] {
    try section?.required("merges").elements().map { field in
      guard case .array = field.value else { return try field.string() }
      return try field.elements().map { try $0.string() }.joined(separator: " ")
    } ?? []
  }

  /// Scores that mean the same merges. `tokenizer.model` has them; of the merges in a `tokenizer.json`, those of the first
  /// ranks have the highest.
  private static func scores(
    _ tokenizer: Tokenizer, _ folder: TokenizerFolder, _ section: JSONField?, tokens: [String],
    kinds: [Kind]
  ) throws -> [Float] {
    if folder.has("tokenizer.model") {
      let file = try SentencePieceFile(contentsOf: folder.file("tokenizer.model"))
      let same = zip(file.tokens, tokens).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
      guard same, file.scores.count <= tokens.count else {
        throw InputError(
          folder.file("tokenizer.model").path, "has other tokens than tokenizer.json")
      }
      return file.scores + Array(repeating: 0, count: tokens.count - file.scores.count)
    }
    guard let section else { preconditionFailure("read from neither file") }
    let vocabulary = tokenizer.stages.model.vocabulary
    let merges = try BPEReader.merges(section, vocabulary)
    var scores = kinds.map { $0 == .normal ? -Float(merges.count) - 1 : 0 }
    for (rank, merge) in merges.enumerated().reversed() {
      scores[Int(merge.result)] = -Float(rank)
    }
    let lists = TokenizerVocabulary(
      source: section.file, model: .sentencePiece(scores: scores), tokens: tokens, kinds: kinds)
    let meant = try ScoredMerges.merges(lists, scores, vocabulary)
    func pairs(_ merges: [MergeTable.Merge]) -> Set<[Int32]> {
      Set(merges.map { [$0.left, $0.right] })
    }
    guard meant.map(\.result) == merges.map(\.result), pairs(meant) == pairs(merges) else {
      throw try section.required("merges").error(
        "are in an order that no scores of tokens have, expected that of SentencePiece")
    }
    return scores
  }
}

extension TokenizerVocabulary.SpecialTokens {
  /// - Throws: `InputError` when other tokens than for beginning and end are put around a text.
  fileprivate init(of tokenizer: Tokenizer) throws {
    let special = tokenizer.specialTokens
    (beginning, end, padding) = (special.beginning, special.end, special.padding)
    var around = try tokenizer.encode("", maxLength: nil).ids[...]
    if let first = around.first, first == beginning {
      addsBeginning = true
      around.removeFirst()
    }
    if let last = around.last, last == end {
      addsEnd = true
      around.removeLast()
    }
    guard around.isEmpty else {
      throw InputError(
        tokenizer.stages.source,
        "puts other tokens around a text than bos_token and eos_token, which lists cannot say")
    }
  }
}

extension TokenizerVocabulary.ByteLevelPreTokenizer {
  /// - Throws: `InputError` when it is none of those that have names.
  fileprivate init(_ stages: Tokenizer.Stages, _ section: JSONField?) throws {
    let found = Self.allCases.first { $0 != .standard && $0.isSame(as: stages.preTokenizer) }
    guard let found else {
      throw InputError(
        stages.source, at: "key \"pre_tokenizer\"",
        "is none of those that have names in GGUF files, expected that of GPT-2, LLaMA 3, Qwen2 or SmolLM2"
      )
    }
    // Qwen's normalization is left out by llama.cpp, too.
    guard stages.normalizer == nil || (found == .qwen2 && stages.normalizer is UnicodeNormalizer)
    else {
      throw InputError(
        stages.source, at: "key \"normalizer\"", "is none of GGUF files, expected null")
    }
    guard try (section?.optional("ignore_merges")?.bool() ?? false) == (found == .llama3) else {
      throw InputError(
        stages.source, at: "key \"model.ignore_merges\"",
        "expected \(found == .llama3) with the pre_tokenizer \(found.rawValue)")
    }
    self = found
  }

  private func isSame(as preTokenizer: (any PreTokenizer)?) -> Bool {
    if let own = preTokenizer as? ByteLevel {
      return self == .gpt2 && own.cuts && !own.addsPrefixSpace
    }
    guard let parts = (preTokenizer as? PreTokenizerSequence)?.preTokenizers, parts.count == 2,
      let bytes = parts[1] as? ByteLevel, !bytes.addsPrefixSpace
    else { return false }
    if let digits = parts[0] as? Digits {
      return self == .smolLM && digits.isolatesDigits && bytes.cuts
    }
    guard let split = parts[0] as? Split, case .published(let pattern) = split.pattern,
      case .isolated = split.behavior, !split.inverts, !bytes.cuts
    else { return false }
    return pattern == .llama3 ? self == .llama3 : pattern == .qwen2 && self == .qwen2
  }
}

extension Tokenizer {
  /// What a list of tokens says of one.
  fileprivate func kind(of id: Int32, unknown: Int32?, usesBytes: Bool)
    -> TokenizerVocabulary.Kind
  {
    guard let token = token(for: id) else { return .unused }
    if usesBytes, id == unknown { return .unknown }
    if let added = addedTokens.token(for: id) {
      return addedTokens.isSpecial(Array(added.unicodeScalars)) ? .control : .userDefined
    }
    let isByte =
      usesBytes && token.utf8.count == 6 && token.hasPrefix("<0x") && token.hasSuffix(">")
    return isByte ? .byte : .normal
  }
}

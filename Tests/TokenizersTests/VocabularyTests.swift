import Foundation
import Support
import Testing

@testable import Tokenizers

/// Tokenizers from lists, as GGUF files hold them, against those from files.
@Suite struct VocabularyTests {
  private static func kind(_ name: String) throws -> DecoderKindTests.Kind {
    let kinds: [DecoderKindTests.Kind] = try Fixtures.json("decoders/kinds.json")
    return try #require(kinds.first { $0.name == name })
  }

  private struct File: Decodable {
    struct Model: Decodable {
      let vocab: [String: Int]
      let merges: [[String]]
    }
    let model: Model
  }

  @Test(arguments: [
    ("GPT-2", TokenizerVocabulary.ByteLevelPreTokenizer.gpt2), ("GPT-2", .standard),
    ("SmolLM2", .smolLM), ("LLaMA 3", .llama3), ("Qwen2", .qwen2),
  ])
  func byteLevel(name: String, preTokenizer: TokenizerVocabulary.ByteLevelPreTokenizer) throws {
    let file: File = try Fixtures.json("byte-level/tokenizer.json")
    // Not by `String`, for which other spellings of a character are equal.
    let tokens = file.model.vocab.sorted { $0.value < $1.value }.map(\.key)
    var special = TokenizerVocabulary.SpecialTokens()
    special.beginning = 0
    special.addsBeginning = name == "LLaMA 3"
    let tokenizer = try Tokenizer(
      vocabulary: TokenizerVocabulary(
        source: "model.gguf",
        model: .byteLevel(
          merges: file.model.merges.map { $0.joined(separator: " ") }, preTokenizer: preTokenizer),
        tokens: tokens, kinds: tokens.indices.map { $0 < 5 ? .control : .normal },
        specialTokens: special))
    #expect(tokenizer.specialTokens.beginning == 0)
    let kind = try Self.kind(name)
    try DigestedTexts(ids: kind.ids, texts: kind.texts).compare(with: tokenizer, blocks: 10)
  }

  @Test func sentencePiece() throws {
    let folders: [SentencePieceTests.Folder] = try Fixtures.json("sentencepiece/gguf.json")
    let folder = try #require(folders.first)
    let file = try SentencePieceFile(contentsOf: SentencePieceTests.model)
    var special = TokenizerVocabulary.SpecialTokens()
    special.beginning = 1
    special.unknown = 0
    special.addsBeginning = true
    let tokenizer = try Tokenizer(
      vocabulary: TokenizerVocabulary(
        source: "model.gguf", model: .sentencePiece(scores: file.scores), tokens: file.tokens,
        kinds: file.kinds, specialTokens: special))
    try DigestedTexts(ids: folder.ids, texts: folder.texts, decodesChance: false)
      .compare(with: tokenizer, blocks: 10)
  }

  @Test func listsThatDoNotFit() throws {
    var special = TokenizerVocabulary.SpecialTokens()
    special.end = 2
    let cases: [(TokenizerVocabulary, String)] = [
      (
        .init(source: "f", model: .sentencePiece(scores: [1]), tokens: ["a", "b"]),
        "f: has 1 scores for 2 tokens"
      ),
      (
        .init(source: "f", model: .sentencePiece(scores: [1, .nan]), tokens: ["a", "b"]),
        "f: token 1: has a score that is not a number"
      ),
      (.init(source: "f", model: .sentencePiece(scores: []), tokens: []), "f: has no tokens"),
      (
        .init(
          source: "f", model: .byteLevel(merges: ["a c"], preTokenizer: .gpt2),
          tokens: ["a", "b"]), "f: merge 0: needs \"c\", which is not in the vocabulary"
      ),
      (
        .init(
          source: "f", model: .byteLevel(merges: ["ab"], preTokenizer: .gpt2), tokens: ["a", "b"]),
        "f: merge 0: expected two tokens with a space between"
      ),
      (
        .init(
          source: "f", model: .sentencePiece(scores: [1, 2]), tokens: ["a", "b"],
          specialTokens: special), "f: names the special token 2, but has 2 tokens"
      ),
    ]
    for (vocabulary, expected) in cases {
      let error = #expect(throws: InputError.self) { try Tokenizer(vocabulary: vocabulary) }
      #expect(error?.description == expected)
    }
  }
}

import Foundation
import Support
import TestFiles
import Testing

@testable import Tokenizers

/// The lists of a folder's tokenizer, against what `transformers` makes of the folder.
@Suite struct VocabularyFolderTests {
  private func lists(_ settings: String, _ files: [String: Data], count: Int = 3000) throws
    -> TokenizerVocabulary
  {
    try withTemporaryFolder { folder in
      for (name, data) in files { try data.write(to: folder.appendingPathComponent(name)) }
      try Data(settings.utf8).write(to: folder.appendingPathComponent("tokenizer_config.json"))
      return try TokenizerVocabulary(folder: folder, count: count)
    }
  }

  private func file(_ kind: DecoderKindTests.Kind) throws -> Data {
    let whole = try Fixtures.text("\(kind.folder)/tokenizer.json")
    let start = try #require(whole.range(of: "\"model\":")).lowerBound
    var model = String(whole[start...])
    for replacement in kind.replacements {
      let range = try #require(model.range(of: replacement[0]))
      model.replaceSubrange(range, with: replacement[1])
    }
    return Data(("{" + kind.header + "," + model).utf8)
  }

  @Test(arguments: ["GPT-2", "SmolLM2", "LLaMA 3", "Qwen2"])
  func tokenizerFiles(_ name: String) throws {
    let kinds: [DecoderKindTests.Kind] = try Fixtures.json("decoders/kinds.json")
    let kind = try #require(kinds.first { $0.name == name })
    let file = try file(kind)
    let added = try JSONDecoder().decode(AddedTokensOfFile.self, from: file).added_tokens
    let beginning = added.first { $0.id == 0 }?.content ?? ""
    let lists = try lists(
      #"{"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "\#(beginning)"}"#,
      ["tokenizer.json": file])
    #expect(lists.tokens.count == 3000 && lists.kinds.last == .normal)
    try DigestedTexts(ids: kind.ids, texts: kind.texts)
      .compare(with: Tokenizer(vocabulary: lists), blocks: 1)
  }

  private struct AddedTokensOfFile: Decodable {
    struct Token: Decodable {
      let id: Int
      let content: String
    }
    let added_tokens: [Token]
  }

  @Test func sentencePiece() throws {
    let folders: [SentencePieceTests.Folder] = try Fixtures.json("sentencepiece/gguf.json")
    let folder = try #require(folders.first)
    let data = try Data(contentsOf: SentencePieceTests.model)
    let lists = try lists(folder.settings, ["tokenizer.model": data], count: 800)
    let file = try SentencePieceFile(contentsOf: SentencePieceTests.model)
    #expect(lists.tokens == file.tokens && lists.kinds == file.kinds)
    #expect(lists.specialTokens.addsBeginning && !lists.specialTokens.addsEnd)
    try DigestedTexts(ids: folder.ids, texts: folder.texts, decodesChance: false)
      .compare(with: Tokenizer(vocabulary: lists), blocks: 10)
    #expect(throws: InputError.self) {
      try self.lists(folder.settings, ["tokenizer.model": data], count: 799)
    }
  }

  /// The pairs that merge are those of the scores.
  @Test func mergesInNoOrderOfScores() throws {
    let file = """
      {"added_tokens": [], "normalizer": null, "pre_tokenizer": null, "post_processor": null, "decoder": null,
       "model": {"type": "BPE", "byte_fallback": true, "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4, "abc": 5},
        "merges": ["a b", "b c", "ab c"]}}
      """
    let error = #expect(throws: InputError.self) {
      try lists(
        #"{"tokenizer_class": "PreTrainedTokenizerFast"}"#, ["tokenizer.json": Data(file.utf8)])
    }
    #expect(
      error?.description.contains("key \"model.merges\": are in an order that no scores") == true)
  }
}

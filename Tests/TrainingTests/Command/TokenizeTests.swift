import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// `tokenize` shows what `predict` computes with, and a run's output carries it on.
  @Suite struct TokenizeTests {
    private let words = (0..<60).map { TinyModel.otherWords[$0 % TinyModel.otherWords.count] }

    private func ids(_ model: URL, _ more: String...) throws -> [Int32] {
      let result = try Command.run(["tokenize", "--model", model.path, "--json"] + more)
      #expect(result.status == 0, "\(result.errors)")
      return try JSONDecoder().decode([Int32].self, from: Data(result.output.utf8))
    }

    private func logits(_ model: URL, _ text: String, _ more: String...) throws -> [Double] {
      let result = try Command.run(
        ["predict", "--quiet", "--json", "--model", model.path, text] + more)
      #expect(result.status == 0, "\(result.errors)")
      return try #require(jsonObject(Data(result.output.utf8))["logits"] as? [Double])
    }

    private func configure(_ tiny: TinyCommand, _ text: String) throws {
      try tiny.folder.write("model/tokenizer_config.json", text)
    }

    /// The classification token, these words, and the separator.
    private func expected(_ words: some Sequence<String>) -> [Int32] {
      let ids = words.compactMap { TinyModel.vocabulary.firstIndex(of: $0).map(Int32.init) }
      return [2] + ids + [3]
    }

    @Test func truncation() throws {
      let tiny = try TinyCommand()
      let model = tiny.model.url
      let text = words.joined(separator: " ")
      try configure(tiny, "{}")
      #expect(try ids(model, text) == expected(words.prefix(38)))
      #expect(try ids(model, text, "--max-length", "10") == expected(words.prefix(8)))
      try configure(tiny, "{\"model_max_length\": 12, \"truncation_side\": \"left\"}")
      #expect(try ids(model, text) == expected(words.suffix(10)))
      #expect(try ids(model, text, "--max-length", "30") == expected(words.suffix(28)))
      #expect(try ids(model, text, "--max-length", "50") == expected(words.suffix(38)))
      let cut = words.suffix(10).joined(separator: " ")
      #expect(try logits(model, text) == logits(model, cut))
      #expect(try logits(model, text, "--max-length", "30") != logits(model, cut))
    }

    /// The length in `tokenizer.json` is what its last use asked for, and counts for nothing.
    @Test func lengthOfTokenizerFile() throws {
      let tiny = try TinyCommand()
      let file = tiny.model.url.appendingPathComponent("tokenizer.json")
      var object = try tiny.model.url.json("tokenizer.json")
      object["truncation"] =
        ["direction": "Left", "max_length": 5, "strategy": "LongestFirst", "stride": 0]
        as [String: any Sendable]
      try JSONSerialization.data(withJSONObject: object).write(to: file)
      let text = words.joined(separator: " ")
      #expect(try ids(tiny.model.url, text) == expected(words.suffix(38)))
    }

    /// Where the model has one token type, a pair's second text has it too.
    @Test func oneTokenType() throws {
      let tiny = try TinyCommand()
      let types = try Checkpoint(folder: tiny.model.url)
        .tensor("bert.embeddings.token_type_embeddings.weight", shape: [2, 32])
      #expect(types.info.shape == [2, 32])
      let limits = try ModelFolder(tiny.model.url).inputLimits()
      #expect(limits.typeVocabularySize == 2 && limits.maximumLength == 40)
      var encoder = try TextEncoder(ModelFolder(tiny.model.url), maximumLength: nil)
      let pair = try Dataset(examples: [Example(text: "good", pair: "film")], source: "text")
      #expect(
        try encoder.encode(texts: pair) { _ in }.sequences[0].encoding.typeIds == [0, 0, 0, 1, 1])
      try tiny.model.configure { $0["type_vocab_size"] = 1 }
      encoder = try TextEncoder(ModelFolder(tiny.model.url), maximumLength: nil)
      #expect(
        try encoder.encode(texts: pair) { _ in }.sequences[0].encoding.typeIds == [0, 0, 0, 0, 0])
    }

    @Test func tokenizerAlone() throws {
      let folder = try TemporaryFolder()
      try folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nGood\nfilm\n")
      try folder.write("tokenizer_config.json", "{\"do_lower_case\": false}")
      #expect(try ids(folder.url, "Good film") == [2, 5, 6, 3])
    }

    @Test func outputReadsTextAlike() throws {
      let tiny = try TinyCommand()
      try configure(tiny, "{\"do_lower_case\": false, \"truncation_side\": \"left\"}")
      try tiny.folder.write("model/added_tokens.json", "{\"film z\": 7}")
      try tiny.folder.write("model/special_tokens_map.json", "{\"mask_token\": \"bright\"}")
      #expect(try Command.run(tiny.finetune("--method", "full")).status == 0)
      for name in ["tokenizer_config.json", "added_tokens.json", "special_tokens_map.json"] {
        #expect(try tiny.output.data(name) == tiny.model.url.data(name))
      }
      let text = "Good good brightly film z " + words.joined(separator: " ")
      #expect(try ids(tiny.output, text) == ids(tiny.model.url, text))
    }
  }
}

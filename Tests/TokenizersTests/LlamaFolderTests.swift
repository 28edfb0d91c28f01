import Foundation
import Support
import Testing
import Tokenizers

/// `LlamaTokenizer` over `tokenizer.json`: what `transformers` 5.23 gives for the same folders.
@Suite struct LlamaFolderTests {
  /// A small file of LLaMA 2's kind, whose normaliser puts a space before every text.
  private static let file = #"""
    {"version": "1.0", "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false,
    "lstrip": false, "rstrip": false, "normalized": false, "special": true}, {"id": 1,
    "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
    "special": true}, {"id": 2, "content": "</s>", "single_word": false, "lstrip": false,
    "rstrip": false, "normalized": false, "special": true}], "normalizer": {"type": "Sequence",
    "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace",
    "pattern": {"String": " "}, "content": "▁"}]}, "pre_tokenizer": null,
    "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>",
    "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A",
    "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {"<s>": {"id": "<s>",
    "ids": [1], "tokens": ["<s>"]}}}, "decoder": {"type": "Sequence", "decoders": [{"type": "Replace",
    "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}, "model": {"type": "BPE",
    "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
    "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
    "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "▁": 3, "a": 4, "b": 5, "▁▁": 6, "▁a": 7, "<0x63>": 8},
    "merges": ["▁ ▁", "▁ a"]}}
    """#
  private static let texts = ["a", "  a", "a</s> a</s>bc", "bz"]

  private func ids(_ settings: String, model: String = "llama") throws -> [[Int32]] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    try write(Self.file, "tokenizer.json")
    try write(#"{"model_type": "\#(model)"}"#, "config.json")
    let common = #""bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>""#
    try write("{\(common), \(settings)}", "tokenizer_config.json")
    let tokenizer = try Tokenizer(folder: folder)
    return try Self.texts.map { try tokenizer.encode($0).ids }
  }

  /// A space comes before the first text only, and before none that begins with one.
  private static let standard: [[Int32]] = [
    [1, 7], [1, 6, 4], [1, 7, 2, 7, 2, 5, 8], [1, 3, 5],
  ]

  @Test func theClassHasNormalizersOfItsOwn() throws {
    let named = #""tokenizer_class": "LlamaTokenizer""#
    #expect(try ids(named) == Self.standard)
    #expect(
      try ids(#"\#(named), "legacy": true"#)
        == [[1, 7], [1, 6, 4], [1, 7, 2, 7, 2, 3, 5, 8], [1, 3, 5]])
    #expect(
      try ids(#"\#(named), "add_prefix_space": false"#)
        == [[1, 4], [1, 6, 4], [1, 4, 2, 7, 2, 5, 8], [1, 5]])
  }

  @Test func thePostProcessorOfTheFileDecides() throws {
    let named = #""tokenizer_class": "LlamaTokenizerFast""#
    #expect(
      try ids(#"\#(named), "add_bos_token": false, "add_eos_token": true"#) == Self.standard)
  }

  @Test func otherClassesTakeTheFileAsItStands() throws {
    let asItStands: [[Int32]] = [
      [1, 7], [1, 6, 7], [1, 7, 2, 6, 4, 2, 3, 5, 8], [1, 3, 5, 0],
    ]
    #expect(try ids(#""tokenizer_class": "PreTrainedTokenizerFast""#) == asItStands)
    #expect(try ids(#""tokenizer_class": "LlamaTokenizer""#, model: "mistral") == asItStands)
  }
}

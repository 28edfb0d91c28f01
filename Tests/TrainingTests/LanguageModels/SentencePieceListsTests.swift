import Foundation
import SparseGrad
import TestSupport
import Testing

/// Tokenizer files made from the SentencePiece lists of a GGUF file.
@Suite struct SentencePieceListsTests {
  private static let texts = [
    "", " ", "the lighthouse", " two  spaces ", "größe 12345", "naïve 😀 日本語", "a<|im_start|>b c",
    "<s>x</s> y",
    "tab\tline\nend", "▁mark", "<0x41>", "\u{0}\u{7f}", "THE UPPER case.Dots,commas!",
  ]

  /// The GGUF file of a tokenizer alone.
  private func file(_ folder: TemporaryFolder, settings: String) throws -> URL {
    let source = folder("source")
    try AtomicOutput.makeFolder(at: source)
    let model = fixtures.appendingPathComponent("tokenizers/sentencepiece").path
    try FileManager.default.copyItem(
      atPath: model + "/tokenizer.model",
      toPath: source.appendingPathComponent("tokenizer.model").path)
    try Data(settings.utf8).write(to: source.appendingPathComponent("tokenizer_config.json"))
    let lists = try TokenizerVocabulary(folder: source, count: 800)
    let url = folder("lists.gguf")
    try GGUFWriter.write(
      metadata: [("general.architecture", .string("llama"))] + lists.metadata(), tensors: [],
      to: url)
    return url
  }

  @Test(arguments: [
    #""add_bos_token": true, "legacy": true"#, #""add_bos_token": false, "add_eos_token": true"#,
    #""add_prefix_space": false, "add_bos_token": true"#,
  ])
  func sameIds(_ settings: String) throws {
    let folder = try TemporaryFolder()
    let names = #""bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>""#
    let url = try file(
      folder, settings: "{\"tokenizer_class\": \"LlamaTokenizer\", \(names), \(settings)}")
    let written = folder("written")
    try AtomicOutput.makeFolder(at: written)
    try ModelFolder(url).copyTokenizer(to: written)
    let (lists, files) = (try Tokenizer(ModelFolder(url)), try Tokenizer(folder: written))
    for text in Self.texts {
      let ids = try lists.encode(text).ids
      #expect(try files.encode(text).ids == ids, "\(text)")
      #expect(files.decode(ids) == lists.decode(ids), "\(text)")
    }
    #expect(files.specialTokens.beginning == 1 && files.specialTokens.end == 2)
    // And back: the scores that follow from the merges mean the same.
    let again = try Tokenizer(
      vocabulary: TokenizerVocabulary(folder: written, count: 800))
    for text in Self.texts {
      let ids = try lists.encode(text).ids
      #expect(try again.encode(text).ids == ids, "\(text)")
    }
  }
}

import Foundation
import Support
import TestFiles
import Testing
import Tokenizers

/// Files that cannot be used: the error says where and what is expected.
@Suite struct BadFileTests {
  /// What the description of the error must contain after `old` became `new` in the small file.
  struct Change: CustomTestStringConvertible {
    let old: String
    let new: String
    let parts: [String]

    init(_ old: String, _ new: String, _ parts: String...) {
      (self.old, self.new, self.parts) = (old, new, parts)
    }

    var testDescription: String { "\(old) -> \(new)" }
  }

  static let changes = [
    Change(
      "\"type\":\"WordPiece\",\"unk", "\"type\":\"Unigram\",\"unk", "key \"model.type\"",
      "\"Unigram\" is not supported", "BPE, WordPiece"),
    Change("\"BertNormalizer\"", "\"Nmt\"", "key \"normalizer.type\"", "BertNormalizer, Lowercase"),
    Change(
      "\"lowercase\":true", "\"lowercase\":1", "key \"normalizer.lowercase\"", "true or false"),
    Change("\"clean_text\"", "\"clean\"", "key \"normalizer.clean_text\"", "is missing"),
    Change(
      "\"BertPreTokenizer\"", "\"CharDelimiterSplit\"", "key \"pre_tokenizer.type\"", "Whitespace"),
    Change(
      "\"TemplateProcessing\"", "\"Decoding\"", "key \"post_processor.type\"",
      "BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing"),
    Change("\"id\":\"B\"", "\"id\":\"C\"", "key \"post_processor.pair[3].Sequence.id\"", "A, B"),
    Change(
      "{\"Sequence\":{\"id\":\"A\"", "{\"Sequence\":{\"id\":\"B\"", "key \"post_processor.single\"",
      "sequence B"),
    Change("\"id\":\"[CLS]\"", "\"id\":\"<s>\"", "special_tokens.<s>\"", "is missing"),
    Change(
      "\"unk_token\":\"[UNK]\"", "\"unk_token\":\"<u>\"", "model.unk_token", "\"<u>\" is not in"),
    Change("\"[MASK]\":4", "\"[MASK]\":3", "model.vocab\"", "id 3", "\"[SEP]\"", "\"[MASK]\""),
    Change("\"[MASK]\":4", "\"[MASK]\":-4", "model.vocab.[MASK]", "whole number"),
    Change("\"[MASK]\":4", "\"[MASK]\":4.5", "model.vocab.[MASK]", "whole number"),
    Change("\"vocab\":{", "\"vocab\":[{", "line 1", "not JSON"),
    Change("\"normalized\":false", "\"normal\":false", "added_tokens[0].normalized", "is missing"),
    Change(
      "\"truncation\":null", "\"truncation\":{\"max_length\":9,\"strategy\":\"Some\"}",
      "truncation.strategy", "LongestFirst, OnlyFirst, OnlySecond"),
  ]

  /// The same of the byte-level tokenizer.
  static let byteLevelChanges = [
    Change("\"dropout\":null", "\"dropout\":0.1", "model.dropout", "not supported"),
    Change(
      "\"end_of_word_suffix\":null", "\"end_of_word_suffix\":\"</w>\"",
      "model.end_of_word_suffix", "\"</w>\" is not supported"),
    Change(
      "\"continuing_subword_prefix\":null", "\"continuing_subword_prefix\":\"##\"",
      "model.continuing_subword_prefix", "\"##\" is not supported"),
    Change("\"unk_token\":null", "\"unk_token\":\"<u>\"", "model.unk_token", "\"<u>\" is not in"),
    Change("\"merges\":[", "\"merges\":[[\"a\"],", "model.merges[0]", "expected two tokens"),
    Change("\"merges\":[", "\"merges\":[\"a  b\",", "model.merges[0]", "expected two tokens"),
    Change("\"merges\":[", "\"merges\":[7,", "model.merges[0]", "expected a text"),
    Change(
      "\"merges\":[", "\"merges\":[[\"q\",\"\u{c3}\"],", "model.merges[0]",
      "\"q\u{c3}\", which is not in the vocabulary"),
    Change("\"add_prefix_space\":false", "\"add\":false", "add_prefix_space", "is missing"),
    Change("\"use_regex\":true", "\"use_regex\":1", "pre_tokenizer.use_regex", "true or false"),
    Change("[\"</s>\",2]", "[\"</s>\"]", "post_processor.sep", "token with its id"),
    Change(
      "\"type\":\"RobertaProcessing\"",
      "\"type\":\"Sequence\",\"processors\":[{\"type\":\"BertProcessing\"},"
        + "{\"type\":\"RobertaProcessing\"}]",
      "post_processor.processors", "2 that add tokens"),
  ]

  @Test(arguments: changes) func namesTheKey(_ change: Change) throws {
    try expectComplaint(change, in: "small/tokenizer.json")
  }

  @Test(arguments: byteLevelChanges) func namesTheKeyOfByteLevel(_ change: Change) throws {
    try expectComplaint(change, in: "byte-level/tokenizer.json")
  }

  private func expectComplaint(_ change: Change, in file: String) throws {
    var text = try Fixtures.text(file)
    let range = try #require(text.range(of: change.old))
    text.replaceSubrange(range, with: change.new)
    expectError(containing: change.parts + ["tokenizer.json: "]) {
      try Fixtures.tokenizer(text)
    }
  }

  @Test(arguments: [
    "", "{", "[1,", "{\"a\" 1}", "{\"a\":1,}", "nul", "\"\\q\"", "\"\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"open", "\"a\nb\"", "{} {}", "--1", String(repeating: "[", count: 100_000),
  ])
  func invalidJSON(_ text: String) throws {
    expectError(containing: ["tokenizer.json: line ", "not JSON"]) {
      try Fixtures.tokenizer(text)
    }
  }

  @Test func notText() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("tokenizer.json")
      try Data([0x7B, 0xFF, 0x7D]).write(to: file)
      expectError(containing: [file.path, "UTF-8"]) { try Tokenizer(folder: folder) }
    }
  }

  @Test func missing() throws {
    try withTemporaryFolder { folder in
      expectError(containing: [folder.path, "has no tokenizer.json"]) {
        try Tokenizer(folder: folder)
      }
      expectError(containing: ["nowhere.json", "no such file"]) {
        try Tokenizer(contentsOf: folder.appendingPathComponent("nowhere.json"))
      }
    }
  }
}

/// Expects `body` to throw an `InputError` whose description has all `parts`.
func expectError(containing parts: [String], _ body: () throws -> Tokenizer) {
  let error = #expect(throws: InputError.self) { try body() }
  for part in parts {
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "") lacks \(part)")
  }
}

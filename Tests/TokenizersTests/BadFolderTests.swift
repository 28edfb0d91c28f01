import Foundation
import Support
import TestFiles
import Testing
import Tokenizers

/// What `transformers` would read in ways that are not supported, or not at all: the error names file and key.
@Suite struct BadFolderTests {
  struct Example: CustomTestStringConvertible {
    let files: [String: String]
    let parts: [String]

    init(_ files: [String: String], _ parts: String...) {
      (self.files, self.parts) = (files, parts)
    }

    /// What `tokenizer_config.json` says.
    init(_ configuration: String, _ parts: String...) {
      self.files = ["tokenizer_config.json": configuration]
      self.parts = ["tokenizer_config.json: key "] + parts
    }

    var testDescription: String { files.values.joined(separator: " ") }
  }

  static let examples = [
    Example(
      #"{"tokenizer_class": "BertJapaneseTokenizer"}"#, "\"tokenizer_class\"",
      "\"BertJapaneseTokenizer\" is not supported", "BertTokenizer", "RobertaTokenizer",
      "PreTrainedTokenizerFast"),
    Example(
      ["config.json": #"{"model_type": "bert", "tokenizer_class": "XLMRobertaTokenizer"}"#],
      "config.json: key \"tokenizer_class\"", "\"XLMRobertaTokenizer\" is not supported"),
    Example(#"{"tokenizer_class": 3}"#, "\"tokenizer_class\"", "expected a text"),
    Example(#"{"do_lower_case": "no"}"#, "\"do_lower_case\"", "true or false"),
    Example(#"{"strip_accents": 1}"#, "\"strip_accents\"", "true or false"),
    Example(#"{"truncation_side": "top"}"#, "\"truncation_side\"", "left, right"),
    Example(#"{"padding_side": "top"}"#, "\"padding_side\"", "left, right"),
    Example(#"{"model_max_length": -3}"#, "\"model_max_length\"", "a positive integer"),
    Example(#"{"model_max_length": 0}"#, "\"model_max_length\"", "a positive integer"),
    Example(#"{"model_max_length": "512"}"#, "\"model_max_length\"", "expected a number"),
    Example(#"{"model_input_names": "input_ids"}"#, "\"model_input_names\"", "expected a list"),
    Example(#"{"cls_token": null}"#, "\"cls_token\"", "is null, expected a token"),
    Example(
      ["tokenizer_config.json": #"{"unk_token": "<no>"}"#], "tokenizer.json",
      "lacks the special token \"<no>\""),
    Example(#"{"mask_token": 4}"#, "\"mask_token\"", "expected a text"),
    Example(#"{"mask_token": {"lstrip": true}}"#, "\"mask_token.content\"", "is missing"),
    Example(#"{"added_tokens_decoder": {"x": {"content": "a"}}}"#, "added_tokens_decoder.x"),
    Example(#"{"added_tokens_decoder": {"7": {}}}"#, "added_tokens_decoder.7.content"),
    Example(#"{"added_tokens_decoder": []}"#, "added_tokens_decoder", "expected an object"),
    Example(#"{"extra_special_tokens": "a"}"#, "extra_special_tokens", "expected a list"),
    Example(#"{"additional_special_tokens": [3]}"#, "additional_special_tokens[0]"),
    Example(#"{"vocab": {"a": 1}}"#, "\"vocab\"", "is not supported"),
    Example(
      #"{"fast_tokenizer_files": ["tokenizer.json", "tokenizer.4.0.json"]}"#,
      "\"fast_tokenizer_files[1]\"", "not supported"),
    Example(["tokenizer_config.json": "[]"], "tokenizer_config.json: expected a JSON object"),
    Example(["tokenizer_config.json": "{"], "tokenizer_config.json: line 1", "not JSON"),
    Example(["added_tokens.json": #"{"a": "b"}"#], "added_tokens.json: key \"a\"", "whole number"),
    Example(["special_tokens_map.json": #"{"sep_token": 4}"#], "special_tokens_map.json: key "),
    Example(
      ["config.json": #"{"model_type": "roberta"}"#], "tokenizer.json: key \"model\"",
      "is WordPiece", "stands for BPE", "PreTrainedTokenizerFast"),
  ]

  @Test(arguments: examples) func namesFileAndKey(_ example: Example) throws {
    try withTemporaryFolder { folder in
      var files = ["config.json": #"{"model_type": "bert"}"#]
      files.merge(example.files) { $1 }
      files["tokenizer.json"] = try Fixtures.text("small/tokenizer.json")
      for (name, text) in files {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      expectError(containing: example.parts) { try Tokenizer(folder: folder) }
    }
  }

  @Test func missingVocabulary() throws {
    try withTemporaryFolder { folder in
      func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      try write("[UNK]\n[CLS]\n[SEP]\n", "vocab.txt")
      try write(#"{"model_type": "roberta"}"#, "config.json")
      expectError(containing: [folder.path, "no vocab.json, of which RobertaTokenizer"]) {
        try Tokenizer(folder: folder)
      }
      try write(#"{"tokenizer_class": "PreTrainedTokenizerFast"}"#, "tokenizer_config.json")
      expectError(containing: [folder.path, "has no tokenizer.json"]) {
        try Tokenizer(folder: folder)
      }
      try write(#"{"tokenizer_class": "BertTokenizer"}"#, "tokenizer_config.json")
      #expect(try Tokenizer(folder: folder).encode("a").ids == [1, 0, 2])
      // A file is no folder without files.
      expectError(containing: ["vocab.txt: is a file, expected a folder"]) {
        try Tokenizer(folder: folder.appendingPathComponent("vocab.txt"))
      }
      // The classes of GPT-2, Qwen2 and LLaMA would make BPE of any vocabulary.
      try write(#"{"model": {"type": "WordPiece", "vocab": {"[UNK]": 0}}}"#, "tokenizer.json")
      for name in ["GPT2Tokenizer", "Qwen2TokenizerFast", "LlamaTokenizer"] {
        try write(#"{"tokenizer_class": "\#(name)"}"#, "tokenizer_config.json")
        expectError(containing: ["tokenizer.json: key \"model\": is WordPiece", "stands for BPE"]) {
          try Tokenizer(folder: folder)
        }
      }
      // What these classes would follow is not passed over.
      let model = #""model": {"type": "BPE", "vocab": {"a": 0, "Ġ": 1}, "merges": []}"#
      for said in [true, false] {
        try write(
          #"{"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "ByteLevel", "add_prefix_space": \#(!said)}]}, \#(model)}"#,
          "tokenizer.json")
        let settings = #"{"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": \#(said)}"#
        try write(settings, "tokenizer_config.json")
        expectError(containing: ["key \"add_prefix_space\": is \(said), but", "expected the same"])
        {
          try Tokenizer(folder: folder)
        }
      }
    }
  }
}

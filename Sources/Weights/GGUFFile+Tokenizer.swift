import Foundation
import Support
import Tokenizers

/// The tokenizer of a GGUF file as the files that `transformers` reads.
extension GGUFFile {
  /// Writes `tokenizer.json` and `tokenizer_config.json`.
  /// - Throws: `InputError` when the file has no tokenizer, or one of a kind that is not known.
  func writeTokenizer(to folder: URL) throws {
    guard let tokenizer = try tokenizer() else {
      throw InputError(url.path, "has no tokenizer")
    }
    let files = try tokenizer.files(source: url.path)
    for (name, object) in [
      ("tokenizer.json", files.tokenizer), ("tokenizer_config.json", files.configuration),
    ] {
      try ConfigurationFile(object, at: url).write(to: folder.appendingPathComponent(name))
    }
  }
}

extension GGUFTokenizer {
  /// The two files. Format: <https://huggingface.co/docs/tokenizers>
  fileprivate func files(source: String) throws -> (
    tokenizer: JSONObject, configuration: JSONObject
  ) {
    var file: JSONObject = ["version": "1.0", "truncation": .null, "padding": .null]
    file["added_tokens"] = .array(addedTokens)
    var model: JSONObject = [
      "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
      "end_of_word_suffix": .null, "ignore_merges": .bool(preTokenizer == "llama-bpe"),
    ]
    switch self.model {
    case "gpt2":
      model["fuse_unk"] = false
      model["byte_fallback"] = false
      model["merges"] = .array(
        merges.map { .array($0.split(separator: " ").map { .string(String($0)) }) })
      // As Qwen's own files have it.
      file["normalizer"] = preTokenizer == "qwen2" ? ["type": "NFC"] : .null
      file["pre_tokenizer"] = try splitting(source)
      file["decoder"] = Self.byteLevel
    case "llama":
      model["unk_token"] = unknownToken.map { .string(tokens[$0]) } ?? .null
      model["fuse_unk"] = true
      model["byte_fallback"] = true
      model["merges"] = .array(
        try ScoredMerges.pairs(
          ofTokens: tokens, scores: scores.map(Float.init), source: source
        ).map { [.string($0.left), .string($0.right)] })
      file["normalizer"] = marking
      file["pre_tokenizer"] = .null
      file["decoder"] = unmarking
    default:
      throw InputError(
        source, at: "key \"tokenizer.ggml.model\"",
        "is \"\(self.model)\", which cannot be written as a tokenizer.json, expected gpt2 or llama")
    }
    var vocabulary = JSONObject()
    for (id, token) in tokens.enumerated() { vocabulary[token] = .number(JSONNumber(id)) }
    model["vocab"] = .object(vocabulary)
    file["model"] = .object(model)
    file["post_processor"] = postProcessor
    return (file, configuration)
  }

  /// The token for text that has none: the one that is named, or of the kind 2.
  private var unknownToken: Int? { specialTokens["unknown"] ?? kinds.firstIndex(of: 2) }

  /// What puts SentencePiece's marks for spaces; unless the file says otherwise, before every text between special
  /// tokens, too.
  private var marking: JSONValue {
    let replace: JSONValue = ["type": "Replace", "pattern": ["String": " "], "content": "▁"]
    let prepend: JSONValue = ["type": "Prepend", "prepend": "▁"]
    return [
      "type": "Sequence",
      "normalizers": .array(addsSpacePrefix ?? true ? [prepend, replace] : [replace]),
    ]
  }

  /// What makes text of marks and bytes.
  private var unmarking: JSONValue {
    let stages: [JSONValue] = [
      ["type": "Replace", "pattern": ["String": "▁"], "content": " "], ["type": "ByteFallback"],
      ["type": "Fuse"],
    ]
    let strip: JSONValue = ["type": "Strip", "content": " ", "start": 1, "stop": 0]
    return [
      "type": "Sequence", "decoders": .array(stages + (addsSpacePrefix ?? true ? [strip] : [])),
    ]
  }

  private static let byteLevel: JSONValue = [
    "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
  ]

  /// What splits a text into words.
  private func splitting(_ source: String) throws -> JSONValue {
    func sequence(_ first: JSONValue, usesPattern: Bool) -> JSONValue {
      let bytes: JSONValue = [
        "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
        "use_regex": .bool(usesPattern),
      ]
      return ["type": "Sequence", "pretokenizers": .array([first, bytes])]
    }
    func split(digits: String) -> JSONValue {
      let pattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"# + digits
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
      return [
        "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated",
        "invert": false,
      ]
    }
    switch preTokenizer ?? "default" {
    case "default", "gpt-2": return Self.byteLevel
    case "smollm":
      return sequence(["type": "Digits", "individual_digits": true], usesPattern: true)
    case "llama-bpe": return sequence(split(digits: "{1,3}"), usesPattern: false)
    case "qwen2": return sequence(split(digits: ""), usesPattern: false)
    default:
      throw InputError(
        source, at: "key \"tokenizer.ggml.pre\"",
        "is \"\(preTokenizer ?? "")\", expected default, gpt-2, llama-bpe, qwen2 or smollm")
    }
  }

  /// Tokens that are found in a text before it is split: 3 are control tokens, 4 those that users have defined, and of
  /// SentencePiece 2 the unknown one.
  private var addedTokens: [JSONValue] {
    kinds.enumerated().filter { $1 == 3 || $1 == 4 || ($1 == 2 && model == "llama") }.map {
      id, kind in
      [
        "id": .number(JSONNumber(id)), "content": .string(tokens[id]), "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": false, "special": .bool(kind != 4),
      ]
    }
  }

  /// What stands around every text.
  private var postProcessor: JSONValue {
    // llama.cpp puts the beginning before the texts of SentencePiece models unless the file says otherwise.
    let first = addsBeginning ?? (model == "llama") ? specialTokens["bos"] : nil
    let last = addsEnd == true ? specialTokens["eos"] : nil
    guard first != nil || last != nil else { return .null }
    func special(_ id: Int, type: Int) -> JSONValue {
      ["SpecialToken": ["id": .string(tokens[id]), "type_id": .number(JSONNumber(type))]]
    }
    func text(_ name: String, type: Int) -> [JSONValue] {
      [first.map { special($0, type: type) }].compactMap { $0 }
        + [["Sequence": ["id": .string(name), "type_id": .number(JSONNumber(type))]]]
        + [last.map { special($0, type: type) }].compactMap { $0 }
    }
    var known = JSONObject()
    for id in [first, last].compactMap({ $0 }) {
      known[tokens[id]] = [
        "id": .string(tokens[id]), "ids": .array([.number(JSONNumber(id))]),
        "tokens": .array([.string(tokens[id])]),
      ]
    }
    return [
      "type": "TemplateProcessing", "single": .array(text("A", type: 0)),
      "pair": .array(text("A", type: 0) + text("B", type: 1)), "special_tokens": .object(known),
    ]
  }

  /// `tokenizer_config.json`.
  private var configuration: JSONObject {
    var object: JSONObject = [
      "tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": false,
    ]
    for (role, key) in [
      ("bos", "bos_token"), ("eos", "eos_token"), ("padding", "pad_token"),
      ("unknown", "unk_token"),
    ] {
      if let id = specialTokens[role] { object[key] = .string(tokens[id]) }
    }
    if let chatTemplate { object["chat_template"] = .string(chatTemplate) }
    return object
  }
}

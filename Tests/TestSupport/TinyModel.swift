import Foundation
import SparseGrad

/// The fixtures beside the tests.
package let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Fixtures")

/// A Hugging Face folder of a tiny random BERT with a tokenizer that knows some words and all letters.
package struct TinyModel {
  package enum Fixture: String {
    case classification, regression
    /// Three labels.
    case pairs
  }

  package let url: URL

  package init(
    _ fixture: Fixture = .classification, in folder: TemporaryFolder, name: String = "model"
  )
    throws
  {
    url = folder(name)
    let source = fixtures.appendingPathComponent("bert").appendingPathComponent(fixture.rawValue)
    for file in ["config.json", "model.safetensors"] {
      try AtomicOutput.write(source.data(file), to: url.appendingPathComponent(file))
    }
    try Self.tokenizer().write(to: url.appendingPathComponent("tokenizer.json"))
    try Data("{\"model_max_length\": 40}\n".utf8)
      .write(to: url.appendingPathComponent("tokenizer_config.json"))
  }

  /// Changes `config.json`.
  package func configure(_ change: (inout [String: any Sendable]) -> Void) throws {
    var object = try url.json("config.json")
    change(&object)
    try JSONSerialization.data(withJSONObject: object)
      .write(to: url.appendingPathComponent("config.json"))
  }

  package static let goodWords = ["good", "fine", "warm", "funny", "bright", "lovely"]
  package static let badWords = ["bad", "dull", "cold", "boring", "dark", "awful"]
  package static let otherWords = [
    "a", "the", "film", "story", "actor", "scene", "is", "was", "and", "very", "quite", "so",
  ]

  /// 120 tokens, as many as the fixtures' word table has rows.
  package static let vocabulary: [String] = {
    let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
    let tokens =
      ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + goodWords + badWords + otherWords
      + letters.filter { $0 != "a" } + letters.map { "##" + $0 } + ["!", ".", ","]
    return tokens + (tokens.count..<120).map { "[unused\($0)]" }
  }()

  /// The content of a `tokenizer.json` of the WordPiece kind.
  package static func tokenizer(_ vocabulary: [String] = vocabulary) throws -> Data {
    let ids = Dictionary(uniqueKeysWithValues: zip(vocabulary, vocabulary.indices))
    func special(_ token: String) -> [String: any Sendable] {
      ["SpecialToken": ["id": token, "type_id": 0] as [String: any Sendable]]
    }
    func text(_ name: String, _ type: Int) -> [String: any Sendable] {
      ["Sequence": ["id": name, "type_id": type] as [String: any Sendable]]
    }
    let last: [String: any Sendable] = [
      "SpecialToken": ["id": "[SEP]", "type_id": 1] as [String: any Sendable]
    ]
    let single = [special("[CLS]"), text("A", 0), special("[SEP]")]
    let specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    let object: [String: any Sendable] = [
      "version": "1.0",
      "added_tokens": specials.map { token -> [String: any Sendable] in
        [
          "id": ids[token] ?? 0, "content": token, "single_word": false, "lstrip": false,
          "rstrip": false, "normalized": false, "special": true,
        ]
      },
      "normalizer": [
        "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
        "lowercase": true,
      ] as [String: any Sendable],
      "pre_tokenizer": ["type": "BertPreTokenizer"],
      "post_processor": [
        "type": "TemplateProcessing", "single": single,
        "pair": single + [text("B", 1), last],
        "special_tokens": Dictionary(
          uniqueKeysWithValues: ["[CLS]", "[SEP]"].map { token in
            (
              token,
              ["id": token, "ids": [ids[token] ?? 0], "tokens": [token]] as [String: any Sendable]
            )
          }),
      ] as [String: any Sendable],
      "model": [
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": ids,
      ] as [String: any Sendable],
    ]
    return try JSONSerialization.data(withJSONObject: object)
  }
}

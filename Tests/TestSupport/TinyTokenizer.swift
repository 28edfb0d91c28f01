import Foundation
import SparseGrad

/// A byte-level BPE of at most 120 tokens, as many as the word tables of the fixtures have rows.
package enum TinyTokenizer {
  /// Special tokens by their ids.
  package static let special = ["<pad>", "<s>", "</s>"]

  /// Writes `tokenizer.json` and `tokenizer_config.json`.
  /// - Parameter preTokenizer: what splits a text into words, as JSON.
  package static func write(
    to folder: URL, preTokenizer: String = gpt2, template: String? = nil
  ) throws {
    let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { String(UnicodeScalar($0)) }
    let merges = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n"), ("Ġ", "a"), ("Ġ", "in")]
    let tokens =
      special + letters + ["Ġ", ".", ",", "'", "0", "1", "2", "Ċ"] + merges.map { $0.0 + $0.1 }
      + ["<tool>"]
    let vocabulary = tokens.enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
    let added = (special + ["<tool>"]).map { token in
      """
      {"id": \(tokens.firstIndex(of: token) ?? 0), "content": "\(token)", "single_word": false, "lstrip": false,
       "rstrip": false, "normalized": false, "special": \(token != "<tool>")}
      """
    }.joined(separator: ",\n")
    let pairs = merges.map { "[\"\($0)\", \"\($1)\"]" }.joined(separator: ", ")
    try Data(
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [\(added)], "normalizer": null,
       "pre_tokenizer": \(preTokenizer),
       "post_processor": {"type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
       "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
       "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
        "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
        "vocab": {\(vocabulary)}, "merges": [\(pairs)]}}
      """.utf8
    ).write(to: folder.appendingPathComponent("tokenizer.json"))
    var settings: [String: String] = [
      "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>",
      "pad_token": "<pad>",
    ]
    settings["chat_template"] = template
    try JSONSerialization.data(withJSONObject: settings)
      .write(to: folder.appendingPathComponent("tokenizer_config.json"))
  }

  /// GPT-2's way of splitting.
  package static let gpt2 =
    #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#
  /// SmolLM2's.
  package static let smolLM =
    #"{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, \#(gpt2)]}"#
}

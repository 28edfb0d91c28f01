import Foundation
import SparseGrad
import TestSupport

extension TrainingRuns.BadInputTests {
  static let models = [
    Case("missing folder", "nowhere: no such folder") { ["--model", $0.path("nowhere")] },
    Case("a file for a folder", "train.tsv: is a file") { ["--model", $0.path("train.tsv")] },
    Case("no config", "model: holds no config.json") { tiny in
      try FileManager.default.removeItem(at: tiny.model.url.appendingPathComponent("config.json"))
      return []
    },
    Case("broken config", "config.json: line 1: not JSON") { tiny in
      try tiny.folder.write("model/config.json", "{\"model_type\": }")
      return []
    },
    Case("unknown model type", "config.json: key \"model_type\"", "\"t5\"", "\"bert\"") { tiny in
      try tiny.model.configure { $0["model_type"] = "t5" }
      return []
    },
    Case("missing key", "config.json: key \"hidden_size\": is missing") { tiny in
      try tiny.model.configure { $0["hidden_size"] = nil }
      return []
    },
    Case("value of another type", "config.json: key \"hidden_size\"", "expected an integer") {
      tiny in
      try tiny.model.configure { $0["hidden_size"] = "wide" }
      return []
    },
    Case("infinite in float32", "key \"layer_norm_eps\": is 1e+300", "finite in float32") { tiny in
      try tiny.model.configure { $0["layer_norm_eps"] = 1e300 }
      return []
    },
    Case("one in float32", "key \"hidden_dropout_prob\"", "below 1") { tiny in
      try tiny.model.configure { $0["hidden_dropout_prob"] = 0.99999999999 }
      return []
    },
    Case("huge depth", "key \"num_hidden_layers\"", "at most 10000") { tiny in
      try tiny.model.configure { $0["num_hidden_layers"] = Int.max }
      return []
    },
    Case("a decoder", "config.json: key \"is_decoder\": is true", "not supported") { tiny in
      try tiny.model.configure { $0["is_decoder"] = true }
      return []
    },
    Case("pruned heads", "config.json: key \"pruned_heads\"", "not supported") { tiny in
      try tiny.model.configure { $0["pruned_heads"] = ["0": [1]] }
      return []
    },
    Case("quantised", "config.json: key \"quantization_config\"", "not supported") { tiny in
      try tiny.model.configure { $0["quantization_config"] = ["bits": 8] }
      return []
    },
    Case("not a number", "model.safetensors: tensor \"bert.pooler.dense.bias\"", "not finite") {
      tiny in try spoil(tiny, "bert.pooler.dense.bias", .nan)
    },
    Case("infinity", "tensor \"bert.embeddings.word_embeddings.weight\"", "not finite") { tiny in
      try spoil(tiny, "bert.embeddings.word_embeddings.weight", -.infinity)
    },
    Case("wrapped", "model.safetensors: 41 of 41 tensors", "begin with \"_orig_mod.\"") { tiny in
      try reheader(tiny) { header in
        for name in header.keys where name != "__metadata__" {
          header["_orig_mod." + name] = header.removeValue(forKey: name)
        }
      }
    },
    Case("a link out of the folder", "model/vocab.txt: is a link to", "train.tsv") { tiny in
      try FileManager.default.createSymbolicLink(
        atPath: tiny.model.url.appendingPathComponent("vocab.txt").path,
        withDestinationPath: tiny.path("train.tsv"))
      return []
    },
    Case("no labels", "config.json: key \"id2label\": is {}", "at least one label") { tiny in
      try tiny.model.configure { $0["id2label"] = [String: String]() }
      return []
    },
    Case("heads that do not divide", "key \"num_attention_heads\"", "divisor") { tiny in
      try tiny.model.configure { $0["num_attention_heads"] = 5 }
      return []
    },
    Case("no weights", "model: holds no model.safetensors") { tiny in
      try FileManager.default.removeItem(
        at: tiny.model.url.appendingPathComponent("model.safetensors"))
      return []
    },
    Case("truncated weights", "model.safetensors: tensor", "truncated") { tiny in
      try rewrite(tiny) { $0.removeLast(1000) }
    },
    Case("header cut off", "model.safetensors", "truncated") { tiny in
      try rewrite(tiny) { $0.removeLast($0.count - 100) }
    },
    Case("header that lies of its length", "model.safetensors: says its header has") { tiny in
      try rewrite(tiny) { $0.replaceSubrange(0..<8, with: [UInt8](repeating: 255, count: 8)) }
    },
    Case("overlapping tensors", "model.safetensors: tensor \"classifier.bias\"") { tiny in
      try reheader(tiny) { header in
        header["classifier.bias"] =
          [
            "dtype": "F32", "shape": [2], "data_offsets": [4, 12],
          ] as [String: any Sendable]
      }
    },
    Case("size that does not fit the shape", "tensor \"classifier.bias\"", "expected 12") {
      tiny in
      try reheader(tiny) { header in
        var entry = header["classifier.bias"] as? [String: any Sendable] ?? [:]
        entry["shape"] = [3]
        header["classifier.bias"] = entry
      }
    },
    Case("missing tensor", "tensor \"bert.encoder.layer.1.output.dense.weight\": is missing") {
      tiny in
      try rename(tiny, "bert.encoder.layer.1.output.dense.weight", "cls.nothing")
    },
    Case("unexpected tensor", "tensor \"bert.adapter.weight\": is not a part of this model") {
      tiny in
      try rename(tiny, "classifier.bias", "bert.adapter.weight")
    },
    Case("wrong shapes", "model.safetensors: tensor", "has shape [64, 32], expected [65, 32]") {
      tiny in
      try tiny.model.configure { $0["intermediate_size"] = 65 }
      return []
    },
    Case("shard outside its folder", "model.safetensors.index.json", "leaves the folder") {
      tiny in
      try shards(tiny, file: "../train.tsv")
    },
    Case("missing shard", "model-00001.safetensors: cannot be opened: No such file") { tiny in
      try shards(tiny, file: "model-00001.safetensors")
    },
    Case("pickled weights", "pytorch_model.bin", "save_pretrained") { tiny in
      let weights = tiny.model.url.appendingPathComponent("model.safetensors")
      let pickled = tiny.model.url.appendingPathComponent("pytorch_model.bin")
      try FileManager.default.moveItem(at: weights, to: pickled)
      return []
    },
    Case("no tokenizer", "model: has no tokenizer.json") { tiny in
      let file = tiny.model.url.appendingPathComponent("tokenizer.json")
      try FileManager.default.removeItem(at: file)
      return []
    },
    Case("tokenizer of another kind", "tokenizer.json", "\"Unigram\"", "WordPiece") { tiny in
      try retokenize(tiny) {
        $0["model"] = ["type": "Unigram", "vocab": [String]()] as [String: any Sendable]
      }
    },
    Case("vocabulary larger than the embedding", "tokenizer.json: has ids up to 120", "120 rows") {
      tiny in
      try TinyModel.tokenizer(TinyModel.vocabulary + ["more"])
        .write(to: tiny.model.url.appendingPathComponent("tokenizer.json"))
      return []
    },
    Case("token types without a row", "tokenizer.json: gives the token type 7", "only 2 rows") {
      tiny in
      try tiny.folder.write(
        "model/tokenizer_config.json",
        """
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_input_names": ["token_type_ids"]}
        """)
      return try retokenize(tiny) {
        $0["post_processor"] =
          [
            "type": "TemplateProcessing", "special_tokens": [String: String](),
            "single": [["Sequence": ["id": "A", "type_id": 7] as [String: any Sendable]]],
            "pair": [["Sequence": ["id": "A", "type_id": 0] as [String: any Sendable]]],
          ] as [String: any Sendable]
      }
    },
    Case("added token without a row", "train.tsv: example 1: ", "\"<new>\" with the id 120") {
      tiny in
      try tiny.folder.write(
        "model/added_tokens.json", "{\"good\": 7, \"<new>\": 120}")
      try tiny.folder.write("train.tsv", "text\tlabel\na <new> film\tnegative\na film\tpositive\n")
      return []
    },
    Case(
      "tokenizer of another class", "tokenizer_config.json: key \"tokenizer_class\"",
      "not supported"
    ) {
      tiny in
      try tiny.folder.write(
        "model/tokenizer_config.json", "{\"tokenizer_class\": \"BertJapaneseTokenizer\"}")
      return []
    },
    Case("text without tokens", "train.tsv: example 1: has no tokens") { tiny in
      // The class of a BERT would bring its own post-processor.
      try tiny.folder.write(
        "model/tokenizer_config.json", "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}")
      try tiny.folder.write("train.tsv", "text\tlabel\n\u{FFFD}\tnegative\ngood\tpositive\n")
      return try retokenize(tiny) { $0["post_processor"] = nil } + [
        "--validation-file", tiny.path("train.tsv"),
      ]
    },
  ]

  private static func rewrite(_ tiny: TinyCommand, _ change: (inout Data) -> Void) throws
    -> [String]
  {
    let file = tiny.model.url.appendingPathComponent("model.safetensors")
    var data = try Data(contentsOf: file)
    change(&data)
    try data.write(to: file)
    return []
  }

  private static func reheader(
    _ tiny: TinyCommand, _ change: (inout [String: any Sendable]) -> Void
  ) throws -> [String] {
    try rewrite(tiny) { data in
      let length = Int(data[0]) | Int(data[1]) << 8 | Int(data[2]) << 16
      guard var header = try? jsonObject(data[8..<8 + length]) else { return }
      change(&header)
      guard let new = try? JSONSerialization.data(withJSONObject: header) else { return }
      let size = withUnsafeBytes(of: UInt64(new.count).littleEndian) { Data($0) }
      data = size + new + data[(8 + length)...]
    }
  }

  /// Puts a number into a tensor.
  private static func spoil(_ tiny: TinyCommand, _ name: String, _ value: Float) throws -> [String]
  {
    try rewrite(tiny) { data in
      let length = Int(data[0]) | Int(data[1]) << 8 | Int(data[2]) << 16
      let header = try? jsonObject(data[8..<8 + length])
      let entry = header?[name] as? [String: any Sendable]
      guard let offsets = entry?["data_offsets"] as? [Int] else { return }
      let last = 8 + length + offsets[1] - 4
      data.replaceSubrange(
        last..<last + 4, with: withUnsafeBytes(of: value.bitPattern.littleEndian) { Data($0) })
    }
  }

  private static func rename(_ tiny: TinyCommand, _ old: String, _ new: String) throws -> [String] {
    try reheader(tiny) { $0[new] = $0.removeValue(forKey: old) }
  }

  private static func shards(_ tiny: TinyCommand, file: String) throws -> [String] {
    let weights = tiny.model.url.appendingPathComponent("model.safetensors")
    try FileManager.default.removeItem(at: weights)
    try tiny.folder.write(
      "model/model.safetensors.index.json",
      "{\"metadata\": {}, \"weight_map\": {\"classifier.bias\": \"\(file)\"}}")
    return []
  }

  private static func retokenize(
    _ tiny: TinyCommand, _ change: (inout [String: any Sendable]) -> Void
  ) throws -> [String] {
    var object = try tiny.model.url.json("tokenizer.json")
    change(&object)
    try JSONSerialization.data(withJSONObject: object)
      .write(to: tiny.model.url.appendingPathComponent("tokenizer.json"))
    return []
  }
}

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
    Case("segments without a table", "tokenizer.json: marks second texts") { tiny in
      _ = try reheader(tiny) { header in
        let name = "bert.embeddings.token_type_embeddings.weight"
        guard var entry = header[name] as? [String: any Sendable],
          let offsets = entry["data_offsets"] as? [Int]
        else { return }
        // The second row becomes a tensor that is left out.
        let middle = offsets[0] + 4 * 32
        entry["shape"] = [1, 32]
        entry["data_offsets"] = [offsets[0], middle]
        header[name] = entry
        header["cls.rest"] =
          [
            "dtype": "F32", "shape": [32], "data_offsets": [middle, offsets[1]],
          ] as [String: any Sendable]
      }
      try tiny.model.configure { $0["type_vocab_size"] = 1 }
      try tiny.folder.write("train.tsv", "text\ttext2\tlabel\ngood\tfilm\ta\nbad\tfilm\tb\n")
      try tiny.folder.write("held.tsv", "text\ttext2\tlabel\ngood\tfilm\ta\nbad\tfilm\tb\n")
      return []
    },
    Case("text without tokens", "train.tsv: example 1: has no tokens") { tiny in
      try tiny.folder.write("train.tsv", "text\tlabel\n\u{FFFD}\ta\ngood\tb\n")
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

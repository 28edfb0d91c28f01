import Foundation
import SparseGrad

extension TrainingRuns.BadAdapterTests {
  private static let module = "base_model.model.bert.encoder.layer.1.output.dense"
  private static let weight = "bert.encoder.layer.1.output.dense.weight"

  private static func zeros(_ name: String, _ shape: [Int]) -> NamedTensor {
    NamedTensor(name, shape: shape, [Float](repeating: 0, count: shape.reduce(1, *)))
  }

  private static func indices(_ name: String, _ values: [UInt32]) -> NamedTensor {
    NamedTensor(name, .uint32, shape: [values.count]) { try values.withUnsafeBytes($0) }
  }

  static let cases: [Case] = [files, configurations, factors, changes, heads, numbers]
    .flatMap { $0 }

  private static let files = [
    Case(.lora, "no configuration", "adapter: holds no adapter_config.json") {
      try $0.remove("adapter_config.json")
    },
    Case(.lora, "no tensors", "adapter: holds no adapter_model.safetensors") {
      try $0.remove("adapter_model.safetensors")
    },
    Case(.lora, "pickled tensors", "adapter: holds adapter_model.bin, expected") {
      try FileManager.default.moveItem(
        at: $0.url.appendingPathComponent("adapter_model.safetensors"),
        to: $0.url.appendingPathComponent("adapter_model.bin"))
    },
    Case(.lora, "truncated", "adapter_model.safetensors: tensor", "truncated") { try $0.cut(100) },
    Case(.sparseGrad, "header cut off", "adapter_model.safetensors", "truncated") {
      try $0.cut(2000)
    },
    Case(.lora, "unknown type", "key \"peft_type\": is \"IA3\"", "\"LORA\" or \"SPARSEGRAD\"") {
      try $0.configure { $0["peft_type"] = "IA3" }
    },
    Case(.sparseGrad, "another base", "adapter: belongs to another model (fingerprint 12ab)") {
      try $0.tensors(metadata: ["base_fingerprint": "12ab"]) { _ in }
    },
    Case(.sparseGrad, "labels that are none", "__metadata__: labels are missing") {
      try $0.tensors(metadata: ["labels": "many"]) { _ in }
    },
  ]

  private static let configurations = [
    Case(.lora, "rank 0", "key \"r\": is 0, expected at least 1") {
      try $0.configure { $0["r"] = 0 }
    },
    Case(.lora, "a pattern with a huge rank", "key \"rank_pattern\"", "integers of at least 1") {
      try $0.configure { $0["rank_pattern"] = ["output.dense": 1e30] }
    },
    Case(.lora, "a pattern with half a rank", "key \"rank_pattern\"", "integers of at least 1") {
      try $0.configure { $0["rank_pattern"] = ["output.dense": 2.7] }
    },
    Case(.lora, "a pattern with rank 0", "key \"rank_pattern\"", "integers of at least 1") {
      try $0.configure { $0["rank_pattern"] = ["output.dense": 0] }
    },
    Case(.lora, "a pattern that is none", "key \"alpha_pattern\"", "is not closed") {
      try $0.configure { $0["alpha_pattern"] = ["output.dense(": 4] }
    },
    Case(.lora, "a huge alpha", "key \"lora_alpha\"", "expected a finite number in float32") {
      try $0.configure { $0["lora_alpha"] = 1e300 }
    },
    Case(.lora, "a pattern with a huge alpha", "key \"alpha_pattern\"", "finite numbers") {
      try $0.configure { $0["alpha_pattern"] = ["output.dense": 1e300] }
    },
    Case(.lora, "no number as alpha", "key \"lora_alpha\": is NaN, expected a finite number") {
      try $0.replace("\"lora_alpha\":", value: "NaN")
    },
    Case(.lora, "no number as a pattern's alpha", "key \"alpha_pattern\"", "finite numbers") {
      try $0.configure { $0["alpha_pattern"] = ["output.dense": 1] }
      try $0.replace("\"output.dense\":", value: "Infinity")
    },
    Case(.lora, "another rank", "has shape [3, ", "expected rank 4") {
      try $0.configure { $0["r"] = 4 }
    },
    Case(.lora, "DoRA", "key \"use_dora\": true is not supported") {
      try $0.configure { $0["use_dora"] = true }
    },
    Case(.lora, "an option of the future", "key \"use_miracle\": 7 is not supported") {
      try $0.configure { $0["use_miracle"] = 7 }
    },
    Case(.lora, "initialisation that changes the base", "\"pissa\" is not supported") {
      try $0.configure { $0["init_lora_weights"] = "pissa" }
    },
    Case(.lora, "unknown bias", "key \"bias\"", "none, all, lora_only") {
      try $0.configure { $0["bias"] = "some" }
    },
    Case(.lora, "no regular expression", "key \"target_modules\"", "regular expression") {
      try $0.configure { $0["target_modules"] = "(" }
    },
    Case(.lora, "open brackets", "adapter_config.json: key \"target_modules\"", "nested deeper") {
      try $0.configure { $0["target_modules"] = String(repeating: "(", count: 2200) }
    },
    Case(.lora, "a pattern that Python does not end", "key \"target_modules\"", "no linear layer") {
      try $0.configure { $0["target_modules"] = "(.*)*x" }
    },
    Case(.lora, "blocks beside a regular expression", "key \"layers_to_transform\"", "a list") {
      try $0.configure { $0["layers_to_transform"] = [1] }
    },
    Case(.lora, "no targets", "key \"target_modules\"") {
      try $0.configure { $0["target_modules"] = nil }
    },
    Case(.lora, "more targets", "self.query.lora_A.weight\": is missing") {
      try $0.configure {
        $0["target_modules"] = ["query", "intermediate.dense", "layer.0.output.dense"]
      }
    },
    Case(.lora, "fewer targets", "\(module).lora_A.weight\": is on no linear layer") {
      try $0.configure {
        $0["target_modules"] = ["intermediate.dense", "layer.0.output.dense"]
      }
    },
    Case(.sparseGrad, "another version", "key \"format_version\": is 3, expected 1 or 2") {
      try $0.configure { $0["format_version"] = 3 }
    },
    Case(.sparseGrad, "unknown form", "\"guess\" is not supported; supported: values") {
      try $0.configure { $0["parameters"] = [weight: ["form": "guess"]] }
    },
    Case(.sparseGrad, "unannounced", "belongs to no parameter that adapter_config.json") {
      try $0.configure { $0["parameters"] = [String: String]() }
    },
  ]

  private static let factors = [
    Case(.lora, "no B", "tensor \"\(module).lora_B.weight\": is missing") {
      try $0.tensors { $0["\(module).lora_B.weight"] = nil }
    },
    Case(.lora, "no A", "tensor \"\(module).lora_A.weight\": is missing") {
      try $0.tensors { $0["\(module).lora_A.weight"] = nil }
    },
    Case(.lora, "neither", "tensor \"\(module).lora_A.weight\": is missing") {
      try $0.tensors {
        for factor in ["A", "B"] { $0["\(module).lora_\(factor).weight"] = nil }
      }
    },
    Case(.lora, "no head", "tensor \"base_model.model.classifier.weight\": is missing") {
      try $0.tensors { $0["base_model.model.classifier.weight"] = nil }
    },
    Case(.lora, "wrong shape of A", "has shape [3, 63], expected [3, 64]") {
      try $0.tensors { $0["\(module).lora_A.weight"] = zeros("\(module).lora_A.weight", [3, 63]) }
    },
    Case(.lora, "wrong shape of B", "has shape [32, 2], expected [32, 3]") {
      try $0.tensors { $0["\(module).lora_B.weight"] = zeros("\(module).lora_B.weight", [32, 2]) }
    },
    Case(.lora, "scalars", "has shape [], expected rank 3") {
      try $0.tensors { $0["\(module).lora_A.weight"] = zeros("\(module).lora_A.weight", []) }
    },
    Case(.lora, "on an embedding", "tensor", "lora_embedding_A\": is not supported") {
      try $0.tensors { $0["x"] = zeros("\(module).lora_embedding_A", [2]) }
    },
    Case(.lora, "without peft's prefix", "tensor \"bert.x\": expected a name that begins") {
      try $0.tensors { $0["x"] = zeros("bert.x", [2]) }
    },
    Case(
      .lora, "a parameter of another architecture", "adapter: \"roberta.x\": ",
      "/model has no such parameter: another architecture or depth?"
    ) {
      try $0.tensors { $0["x"] = zeros("base_model.model.roberta.x", [2]) }
    },
    Case(
      .roberta, "another architecture",
      "model.roberta.encoder.layer.0.intermediate.dense.lora_A.weight\": ",
      "/model has no linear layer \"roberta.encoder.layer.0.intermediate.dense\": another"
    ) { _ in },
    Case(
      .lora, "another depth", "layer.2.output.dense.lora_A.weight\": ",
      "/model has no linear layer \"bert.encoder.layer.2.output.dense\": another"
    ) {
      let module = "base_model.model.bert.encoder.layer.2.output.dense"
      try $0.tensors { tensors in
        for (name, shape) in [("lora_A.weight", [3, 64]), ("lora_B.weight", [32, 3])] {
          tensors[name] = zeros("\(module).\(name)", shape)
        }
      }
    },
  ]

  private static let changes = [
    Case(.sparseGrad, "no values", "tensor \"\(weight).change.values\": is missing") {
      try $0.tensors { $0["\(weight).change.values"] = nil }
    },
    Case(.sparseGrad, "no vectors", "tensor \"coordinates.output.output.vectors\": is missing") {
      try $0.tensors { $0["coordinates.output.output.vectors"] = nil }
    },
    Case(.sparseGrad, "short vectors", "has shape [1, 31], expected vectors of 32") {
      try $0.tensors {
        $0["coordinates.output.output.vectors"] = zeros(
          "coordinates.output.output.vectors", [1, 31])
      }
    },
    Case(.sparseGrad, "indices too large", "\(weight).change.indices", "ascending indices below") {
      try $0.tensors { tensors in
        tensors["\(weight).change.indices"] = indices("\(weight).change.indices", [1, 4_000_000])
        tensors["\(weight).change.values"] = zeros("\(weight).change.values", [2])
      }
    },
    Case(.sparseGrad, "indices that descend", "\(weight).change.indices", "ascending indices") {
      try $0.tensors { tensors in
        tensors["\(weight).change.indices"] = indices("\(weight).change.indices", [2, 1])
        tensors["\(weight).change.values"] = zeros("\(weight).change.values", [2])
      }
    },
    Case(.sparseGrad, "fewer values", "\(weight).change.values", "has shape [1], expected [2]") {
      try $0.tensors { tensors in
        tensors["\(weight).change.indices"] = indices("\(weight).change.indices", [1, 2])
        tensors["\(weight).change.values"] = zeros("\(weight).change.values", [1])
      }
    },
  ]

  private static let classifier = "base_model.model.classifier"

  private static let heads = [
    Case(.lora, "a head without labels", "\(classifier).weight\": has shape [0, 32]", "a row") {
      try $0.tensors { tensors in
        for (name, shape) in [("weight", [0, 32]), ("bias", [0])] {
          tensors["\(classifier).\(name)"] = zeros("\(classifier).\(name)", shape)
        }
      }
    },
    Case(.sparseGrad, "a label twice", "__metadata__: has the label \"good\" twice") {
      let labels = [
        "problem_type": "single_label_classification", "labels": "[\"good\", \"good\"]",
      ]
      try $0.tensors(metadata: labels) { _ in }
    },
  ]

  private static func notFinite(_ kind: Kind, _ name: String, _ value: Float) -> Case {
    Case(
      kind, "\(value) in \(name)", "adapter_model.safetensors: tensor \"\(name)\": holds",
      "not finite"
    ) { try $0.fill(name, value) }
  }

  private static let numbers = [
    notFinite(.lora, "\(module).lora_A.weight", .nan),
    notFinite(.lora, "\(module).lora_B.weight", -.infinity),
    notFinite(.lora, "\(classifier).bias", .nan),
    notFinite(.sparseGrad, "\(weight).change.values", .infinity),
    notFinite(.sparseGrad, "coordinates.output.output.vectors", .nan),
    Case(.lora, "a product that overflows", "\(module).lora_B.weight\": its sum with", "finite") {
      for factor in ["A", "B"] { try $0.fill("\(module).lora_\(factor).weight", 1e30) }
    },
  ]
}

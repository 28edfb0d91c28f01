import Layers
import Methods
import Models
import Support
import Weights

/// The content of a LoRA adapter that `peft` loads: A and B, and every other parameter that changed.
struct LoRAAdapter {
  private let writer: AdapterWriter
  private let run: AdapterWriter.Run
  private let settings: LoRASettings
  /// The layers that LoRA is on, by module.
  private let targets: [String: LoRA]

  init(_ writer: AdapterWriter, _ run: AdapterWriter.Run, _ settings: LoRASettings) {
    self.writer = writer
    self.run = run
    self.settings = settings
    targets = Dictionary(
      uniqueKeysWithValues: run.trained.additions.map { ($0.site.module, $0.lora) })
  }

  func content() throws -> (JSONObject, [NamedTensor]) {
    var tensors: [NamedTensor] = []
    for lora in targets.values {
      for factor in [lora.down, lora.up] {
        let saved = try run.state.tensor(factor.name, shape: factor.shape)
        tensors.append(NamedTensor(saved, name: PeftNames.prefix + factor.name))
      }
    }
    let parameters = parameters()
    tensors += parameters.map { parameter in
      let name = "\(parameter.module)\(isTarget(parameter) ? PeftNames.baseLayer : ".")"
      return NamedTensor(
        parameter,
        name: PeftNames.prefix + name + parameter.name.dropFirst(parameter.module.count + 1),
        writer.engine)
    }
    return (configuration(parameters), tensors)
  }

  /// All parameters that are in the file besides A and B. The head is always among them: for tasks of
  /// classification, `peft` expects it.
  private func parameters() -> [Parameter] {
    let new = Set(writer.origin.newlyInitialized)
    let changed = Set(writer.changed().map(\.origin.name))
    return zip(writer.origin.parameters, writer.final.parameters).compactMap { origin, final in
      if isTarget(origin), origin.shape.count > 1 {
        // The final one has B A in it.
        return new.contains(origin.name) ? origin : nil
      }
      return changed.contains(origin.name) || isHead(origin) ? final : nil
    }
  }

  private func isTarget(_ parameter: Parameter) -> Bool { targets[parameter.module] != nil }

  /// The module that `peft` saves with the tasks of classification, by its name in the architecture.
  private var headModule: String? {
    ["classifier", "score"].first { name in
      writer.origin.parameters.contains { $0.name.hasPrefix(name + ".") }
    }
  }

  private func isHead(_ parameter: Parameter) -> Bool {
    headModule.map { parameter.name.hasPrefix($0 + ".") } ?? false
  }

  private func configuration(_ parameters: [Parameter]) -> JSONObject {
    // A module is saved as a whole if all of its parameters are here; others are found by their names alone.
    let here = Set(parameters.map(\.name))
    let partial = Set(
      writer.origin.parameters.filter { !here.contains($0.name) }.map(\.module))
    let headIsTarget =
      headModule.map { head in
        targets.keys.contains { "\($0).".hasPrefix(head + ".") }
      } ?? false
    var saved: [String] = []
    for parameter in parameters where !isTarget(parameter) && !partial.contains(parameter.module) {
      let module =
        isHead(parameter) && !headIsTarget ? headModule ?? "" : parameter.module
      if saved.last != module { saved.append(module) }
    }
    let trainsTargetBiases = parameters.contains { isTarget($0) && $0.shape.count == 1 }
    let bias = settings.bias == .none && trainsTargetBiases ? .loraOnly : settings.bias
    let alpha = settings.loraAlpha
    return [
      "peft_type": "LORA",
      // For this task, peft saves all of the classifier, which must then have no additions.
      "task_type": headIsTarget ? .null : .string(writer.head.kind.peftTask),
      "base_model_name_or_path": .string(writer.base.path),
      "r": .number(JSONNumber(settings.rank)),
      "lora_alpha": .number(Int(exactly: alpha).map { JSONNumber($0) } ?? JSONNumber(alpha)),
      "lora_dropout": .number(JSONNumber(Double("\(settings.loraDropout)") ?? 0)),
      "use_rslora": .bool(settings.usesRankStabilization),
      "bias": .string(bias.rawValue),
      "target_modules": targetModules,
      "modules_to_save": .array(saved.map { .string($0) }),
      "inference_mode": true, "init_lora_weights": true, "fan_in_fan_out": false,
      "use_dora": false, "rank_pattern": [:], "alpha_pattern": [:], "auto_mapping": .null,
      "layers_pattern": .null, "layers_to_transform": .null, "revision": .null,
    ]
  }

  private var targetModules: JSONValue {
    let named = writer.origin.linears.filter { site in
      (try? settings.targetModules.includes(site.module, site.role.kind)) ?? false
    }
    let pattern = #".*\.\d+\.(intermediate|output)\.dense"#
    let isOfBERT = named.allSatisfy { $0.module.hasSuffix(".dense") }
    // Where not all that is named was trained, each that was is named as a whole.
    guard Set(named.map(\.module)) == Set(targets.keys), settings.targetModules != .mlp || isOfBERT
    else { return .array(targets.keys.sorted().map { .string($0) }) }
    switch settings.targetModules {
    // Not `.output.dense` by itself: that names the attention's output, too.
    case .mlp: return .string(pattern)
    case .allLinear: return .array(targets.keys.sorted().map { .string($0) })
    case .names(let names): return .array(names.map { .string($0) })
    case .pattern(let pattern): return .string(pattern)
    }
  }
}

extension Parameter {
  /// The name without its last part.
  fileprivate var module: String { name.split(separator: ".").dropLast().joined(separator: ".") }
}

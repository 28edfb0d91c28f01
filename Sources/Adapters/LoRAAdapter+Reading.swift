import Foundation
import Layers
import Methods
import Models
import Support
import Weights

/// How `peft` names the tensors of an adapter.
enum PeftNames {
  static let prefix = "base_model.model."
  static let down = ".lora_A.weight", up = ".lora_B.weight"
  /// Before the parameters of a layer that has an addition.
  static let baseLayer = ".base_layer."
}

extension LoRAConfiguration {
  /// The changes of a file's tensors by parameter: new values first, then additions.
  /// - Throws: `InputError` naming the tensor that is missing, not supported, or of another rank.
  func changes(in file: AdapterFile) throws -> [String: [WeightChange]] {
    var changes: [String: [WeightChange]] = [:]
    var (downs, ups): ([String: TensorView], [String: TensorView]) = ([:], [:])
    for tensor in file.tensors {
      guard tensor.info.name.hasPrefix(PeftNames.prefix) else {
        throw tensor.error("expected a name that begins with \"\(PeftNames.prefix)\"")
      }
      let name = String(tensor.info.name.dropFirst(PeftNames.prefix.count))
      if name.hasSuffix(PeftNames.down) {
        downs[String(name.dropLast(PeftNames.down.count))] = tensor
      } else if name.hasSuffix(PeftNames.up) {
        ups[String(name.dropLast(PeftNames.up.count))] = tensor
      } else if name.contains(".lora_") {
        throw tensor.error("is not supported, expected lora_A and lora_B of linear layers")
      } else if !name.contains(".original_module."), !name.contains(".modules_to_save.") {
        // With `bias` set, peft writes biases of saved modules twice more under these names.
        let parameter = name.replacingOccurrences(of: PeftNames.baseLayer, with: ".")
        changes[parameter, default: []].append(.values(tensor))
      }
    }
    for (module, down) in downs.sorted(by: { $0.key < $1.key }) {
      guard let up = ups.removeValue(forKey: module) else {
        throw file.missing(PeftNames.prefix + module + PeftNames.up)
      }
      let (rank, scaling) = try additions(to: module)
      guard down.info.shape.first == rank else {
        throw down.error("has shape \(down.info.shape), expected rank \(rank)")
      }
      changes[module + ".weight", default: []].append(
        .lowRank(down: down, up: up, scaling: scaling))
    }
    if let module = ups.keys.sorted().first {
      throw file.missing(PeftNames.prefix + module + PeftNames.down)
    }
    return changes
  }

  /// Checks that the changes are those that the configuration announces.
  /// - Throws: `InputError` naming the tensor that is missing, or of a module that is no target or not there.
  func check(
    _ changes: [String: [WeightChange]], _ model: any TransformerModel, _ file: URL
  ) throws {
    let added = changes.filter { $1.contains(where: \.isAdded) }.keys.sorted()
    func module(of weight: String) -> String { String(weight.dropLast(".weight".count)) }
    func problem(_ tensor: String, _ problem: String) -> InputError {
      InputError(
        file.appendingPathComponent(AdapterFile.weightsName).path,
        at: "tensor \"\(PeftNames.prefix)\(tensor)\"", problem)
    }
    let layers = Set(model.linears.map(\.linear.weight.name))
    if let name = added.first(where: { !layers.contains($0) }) {
      throw problem(
        module(of: name) + PeftNames.down,
        "\(model.path) has no linear layer \"\(module(of: name))\": another architecture or depth?")
    }
    var targets: Set<String> = []
    guard try added.isEmpty || model.linears.contains(where: includes) else {
      throw error("target_modules", "names no linear layer of \(model.path)")
    }
    for site in model.linears where try includes(site) {
      let linear = site.linear
      targets.insert(linear.weight.name)
      guard added.contains(linear.weight.name) else {
        throw problem(
          linear.module + PeftNames.down,
          "is missing, and target_modules names this layer of \(model.path)")
      }
    }
    if let name = added.first(where: { !targets.contains($0) }) {
      throw problem(
        module(of: name) + PeftNames.down, "is on no linear layer that target_modules names")
    }
    for parameter in model.parameters.map(\.name) where saves(parameter) {
      guard changes[parameter] != nil else { throw problem(parameter, "is missing") }
    }
  }
}

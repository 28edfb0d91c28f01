import Layers

/// How the MLP weights learn.
public enum TrainingMethod: Hashable, Codable, Sendable {
  /// Regular fine-tuning: every element.
  case full
  /// Selected elements in a basis; MeProp is the case without one.
  case sparseGrad(SparseGradSettings)
  /// Low-rank additions to weights that stay as they are.
  case lora(LoRASettings)

  /// The name to write down: `full`, `meprop`, `sparsegrad` or `lora`.
  public var name: String {
    switch self {
    case .full: "full"
    case .sparseGrad(let settings): settings.axes == .none ? "meprop" : "sparsegrad"
    case .lora: "lora"
    }
  }

  /// What trains beside the method's own layers unless something else is asked for: everything, as in the
  /// paper; with LoRA the head, as `peft` does it.
  public var defaultScope: TrainableScope {
    if case .lora = self { .head } else { .all }
  }

  /// A learning rate to begin with: few elements need larger steps than all of them.
  public var defaultLearningRate: Double { self == .full ? 5e-5 : 2e-4 }

  /// - Throws: `InputError` naming the setting that is out of range.
  public func validate() throws {
    switch self {
    case .full: break
    case .sparseGrad(let settings): try settings.validate()
    case .lora(let settings): try settings.validate()
    }
  }

  /// Checks the settings against a model: the sizes of its MLP weights, and all of its linear layers.
  /// - Throws: `InputError` naming the setting that cannot be used.
  package func validate(
    hiddenSize: Int, intermediateSize: Int, linears: [LinearPlace]
  ) throws {
    try validate()
    switch self {
    case .full: break
    case .sparseGrad(let settings):
      try settings.validate(hiddenSize: hiddenSize, intermediateSize: intermediateSize)
    case .lora(let settings): try settings.targetModules.validate(among: linears)
    }
  }
}

/// What trains beside the MLP weights, or beside the layers that LoRA is on.
public enum TrainableScope: String, CaseIterable, Codable, Sendable {
  /// Everything else, densely, as in the paper's GLUE runs.
  case all = "mlp+rest"
  /// The MLP's biases (with LoRA those of its settings), and the layers above the blocks.
  case head = "mlp+head"
  /// These biases only, as in the paper's LLaMA runs.
  case mlp
}

import Methods
import Models

/// The weights of a model's feed-forward blocks: two in each, [intermediate, hidden] and [hidden, intermediate].
public struct MLPWeights: Hashable, Sendable {
  /// The columns of every hidden state.
  public let hiddenSize: Int
  /// The columns inside the feed-forward block.
  public let intermediateSize: Int
  /// How many there are.
  public let count: Int
  /// The architecture of the model, after which its layers are named.
  public let modelType: ModelType

  /// The elements of each.
  public var elements: Int { hiddenSize * intermediateSize }

  /// Weights of a shape.
  public init(
    hiddenSize: Int, intermediateSize: Int, count: Int, modelType: ModelType = .bert
  ) {
    self.hiddenSize = hiddenSize
    self.intermediateSize = intermediateSize
    self.count = count
    self.modelType = modelType
  }
}

extension MLPWeights {
  /// All linear layers of the model that has these weights.
  var linears: [(kind: LinearRole.Kind, module: String)] { modelType.linears(blocks: count / 2) }

  /// Checks a method's settings against the model that has these weights, as `SequenceClassifier.validate` does
  /// when it is loaded.
  /// - Throws: `InputError` naming the setting that cannot be used.
  public func validate(_ method: TrainingMethod) throws {
    try method.validate()
    switch method {
    case .full: break
    case .sparseGrad(let settings):
      try settings.validate(hiddenSize: hiddenSize, intermediateSize: intermediateSize)
    case .lora(let settings): try settings.targetModules.validate(among: linears)
    }
  }
}

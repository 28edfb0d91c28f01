import Layers
import Methods
import Models
import Weights

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
    hiddenSize: Int, intermediateSize: Int, count: Int, modelType: ModelType
  ) {
    self.hiddenSize = hiddenSize
    self.intermediateSize = intermediateSize
    self.count = count
    self.modelType = modelType
  }
}

extension MLPWeights {
  /// Those of the model that `config.json` describes.
  /// - Throws: `InputError` naming the key that is missing or cannot be used.
  init(_ configuration: ConfigurationFile) throws {
    let type = try ModelType(configuration)
    let sizes = try type.blockSizes(configuration)
    self.init(
      hiddenSize: sizes.hidden, intermediateSize: sizes.intermediate, count: 2 * sizes.blocks,
      modelType: type)
  }

  /// All linear layers of the model that has these weights.
  var linears: [LinearPlace] { modelType.places(blocks: count / 2) }

  /// Checks a method's settings against the model that has these weights, as `TransformerModel.validate` does
  /// when it is loaded.
  /// - Throws: `InputError` naming the setting that cannot be used.
  public func validate(_ method: TrainingMethod) throws {
    try method.validate(
      hiddenSize: hiddenSize, intermediateSize: intermediateSize, linears: linears)
  }
}

import Compute
import Layers
import Weights

/// A family of models that differ in names and details: what there is to know of one before its weights are loaded, and
/// how it is put together.
protocol ModelArchitecture: Sendable {
  /// A model of the shape that `file` describes.
  /// - Parameters:
  ///   - weights: where the weights come from.
  ///   - head: what the head tells apart.
  ///   - headWeights: where its weights come from.
  ///   - dropout: replaces all of the configuration's dropout probabilities, if given.
  ///   - seed: of weights that are new.
  ///   - engine: what computes.
  /// - Throws: `InputError` naming the key or tensor at fault.
  func model(
    _ file: ConfigurationFile, _ weights: WeightSource, head: HeadConfiguration,
    _ headWeights: HeadWeights, dropout: Float?, seed: UInt64, _ engine: Engine
  ) throws -> any TransformerModel

  /// The name of the weight [labels, hidden] that makes the logits.
  func projectionName(_ head: HeadKind) -> String

  /// The places of the linear layers of a model of so many blocks.
  func places(blocks: Int, head: HeadKind) -> [LinearPlace]

  /// The sizes of the blocks that `file` describes.
  /// - Throws: `InputError` naming the key that is missing or cannot be used.
  func blockSizes(_ file: ConfigurationFile) throws -> BlockSizes

  /// What a model of the shape that `file` describes can read.
  /// - Throws: `InputError` naming the key that is missing or cannot be used.
  func limits(_ file: ConfigurationFile) throws -> InputLimits

  /// Which heads there are.
  var heads: [HeadKind] { get }
}

/// How many blocks a model has, and how wide they are.
package struct BlockSizes: Hashable, Sendable {
  /// The number of blocks.
  package let blocks: Int
  /// The hidden and the intermediate size.
  package let hidden: Int, intermediate: Int
}

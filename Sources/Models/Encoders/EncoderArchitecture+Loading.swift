import Compute
import Layers
import Support
import Weights

extension EncoderArchitecture: ModelArchitecture {
  var heads: [HeadKind] { [.sequence, .token] }

  func blockSizes(_ file: ConfigurationFile) throws -> BlockSizes {
    let shape = try EncoderConfiguration(file, self)
    return BlockSizes(
      blocks: shape.layerCount, hidden: shape.hiddenSize, intermediate: shape.intermediateSize)
  }

  func limits(_ file: ConfigurationFile) throws -> InputLimits {
    InputLimits(try EncoderConfiguration(file, self))
  }

  /// A model of the shape that `file` describes.
  /// - Parameters:
  ///   - head: what the head tells apart, and where its weights come from.
  ///   - dropout: replaces all of the configuration's dropout probabilities, if given.
  /// - Throws: `InputError` naming the key or tensor at fault.
  func model(
    _ file: ConfigurationFile, _ weights: WeightSource, head: HeadConfiguration,
    _ headWeights: HeadWeights, dropout: Float?, seed: UInt64, _ engine: Engine
  ) throws -> any TransformerModel {
    var shape = try EncoderConfiguration(file, self)
    if let dropout { shape.setDropout(dropout) }
    let loader = ParameterLoader(weights, base: prefix, seed: seed, engine)
    if headWeights == .new { loader.leaveOut("classifier.") }
    let builder = EncoderBuilder(shape, self, loader)
    let encoder = try builder.encoder()
    func model(_ top: some Head) throws -> any TransformerModel {
      // The pooler stands in the encoder, but is a part of the head of sequences.
      let pooler = head.kind == .token ? [prefix + "pooler.", "pooler."] : []
      try loader.checkNothingIsLeft(but: leftovers + pooler, blocks: block.prefix)
      return HeadedTransformer(
        encoder, top, InputLimits(shape), loader,
        head.configuration(of: className + head.kind.classSuffix, in: file),
        labelCount: head.labelCount)
    }
    return switch head.kind {
    case .sequence: try model(builder.sequenceHead(labels: head.labelCount))
    case .token: try model(builder.tokenHead(labels: head.labelCount))
    case .vocabulary: throw Self.noVocabulary(file)
    }
  }

  private static func noVocabulary(_ file: ConfigurationFile) -> InputError {
    file.error("model_type", expected: "that of a language model, such as \"llama\"")
  }

  /// The name of the weight [labels, hidden] that makes the logits.
  func projectionName(_ head: HeadKind) -> String {
    (head.layers(of: self).last?.name ?? "") + ".weight"
  }
}

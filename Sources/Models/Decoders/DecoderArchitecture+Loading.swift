import Compute
import Layers
import Support
import Weights

extension DecoderArchitecture: ModelArchitecture {
  var heads: [HeadKind] { [.vocabulary, .sequence] }

  func model(
    _ file: ConfigurationFile, _ weights: WeightSource, head: HeadConfiguration,
    _ headWeights: HeadWeights, dropout: Float?, seed: UInt64, _ engine: Engine
  ) throws -> any TransformerModel {
    var shape = try DecoderConfiguration(file, self)
    if let dropout { shape.attentionDropout = dropout }
    let loader = ParameterLoader(weights, base: Self.prefix, seed: seed, engine)
    if headWeights == .new { loader.leaveOut(Self.sequenceLayer + ".") }
    let builder = try DecoderBuilder(shape, self, loader)
    let decoder = try builder.decoder()
    func model(_ top: some Head, labels: Int, unread: [String]) throws -> any TransformerModel {
      try loader.checkNothingIsLeft(
        but: unread + ["rotary_emb."], blocks: String(Self.prefix(ofBlock: 0).dropLast(2)))
      return HeadedTransformer(
        decoder, top, InputLimits(shape), loader,
        head.configuration(of: className + head.kind.classSuffix, in: file), labelCount: labels)
    }
    switch head.kind {
    case .vocabulary:
      // A tied layer may be in the file, too.
      return try model(
        builder.vocabularyHead(), labels: shape.vocabularySize,
        unread: shape.tiesWords ? [Self.vocabularyLayer + "."] : [])
    case .sequence:
      return try model(
        builder.sequenceHead(labels: head.labelCount), labels: head.labelCount, unread: [])
    case .token:
      throw file.error(
        "model_type", expected: "that of an encoder: this head reads both directions")
    }
  }

  /// The weight of the layer that makes the logits. Of a language model it may be the word table.
  func projectionName(_ head: HeadKind) -> String {
    (head == .vocabulary ? Self.vocabularyLayer : Self.sequenceLayer) + ".weight"
  }

  func places(blocks: Int, head: HeadKind) -> [LinearPlace] {
    let ofBlocks = (0..<blocks).flatMap { index in
      Self.linears.map {
        LinearPlace(LinearRole($0.kind, block: index), Self.prefix(ofBlock: index) + $0.name)
      }
    }
    let top =
      head == .vocabulary
      ? LinearPlace(LinearRole(.vocabulary), Self.vocabularyLayer)
      : LinearPlace(LinearRole(.classifier), Self.sequenceLayer)
    return ofBlocks + [top]
  }

  func blockSizes(_ file: ConfigurationFile) throws -> BlockSizes {
    let shape = try DecoderConfiguration(file, self)
    return BlockSizes(
      blocks: shape.layerCount, hidden: shape.hiddenSize, intermediate: shape.intermediateSize)
  }

  func limits(_ file: ConfigurationFile) throws -> InputLimits {
    InputLimits(try DecoderConfiguration(file, self))
  }
}

import Compute
import Layers
import Support

/// Puts an encoder and its head together from their parameters, in the order and by the names of
/// `transformers`.
struct EncoderBuilder {
  private let shape: EncoderConfiguration
  private let architecture: EncoderArchitecture
  private let loader: ParameterLoader

  init(
    _ shape: EncoderConfiguration, _ architecture: EncoderArchitecture, _ loader: ParameterLoader
  ) {
    self.shape = shape
    self.architecture = architecture
    self.loader = loader
  }

  func encoder() throws -> Encoder {
    Encoder(
      embeddings: try embeddings(), blocks: try (0..<shape.layerCount).map(block), shape)
  }

  /// The head of sequence classification. A checkpoint without one gets a new one.
  func sequenceHead(labels: Int) throws -> ClassificationHead {
    let (hidden, names) = (shape.hiddenSize, architecture.sequenceHead)
    return ClassificationHead(
      dense: try linear(names.dense, hidden, hidden, .rest, .replaceable), names.activation,
      projection: try linear(names.projection, labels, hidden, .rest, .replaceable),
      dropout: shape.sequenceDropout, names.dropout, firstSite: firstSiteOfHead)
  }

  /// The head of token classification. A checkpoint without one gets a new one.
  func tokenHead(labels: Int) throws -> ProjectionHead {
    ProjectionHead(
      projection: try linear(
        architecture.tokenProjection, labels, shape.hiddenSize, .rest, .replaceable),
      site: DropoutSite(firstSiteOfHead, shape.tokenDropout))
  }

  /// The first number of a dropout site that no block has.
  private var firstSiteOfHead: Int { 3 * shape.layerCount + 1 }

  private func embeddings() throws -> Embeddings {
    let prefix = architecture.prefix + "embeddings."
    func table(_ name: String, _ rows: Int) throws -> Parameter {
      try loader.parameter(
        prefix + name + ".weight", [rows, shape.hiddenSize], .embeddings,
        .normal(shape.initializerRange))
    }
    return Embeddings(
      words: try table("word_embeddings", shape.vocabularySize),
      positions: try table("position_embeddings", shape.maximumPositions),
      types: architecture.hasTokenTypes
        ? try table("token_type_embeddings", shape.typeVocabularySize) : nil,
      norm: try norm(prefix + "LayerNorm"), site: DropoutSite(0, shape.hiddenDropout))
  }

  private func block(_ index: Int) throws -> PostNormBlock {
    let names = architecture.block
    let prefix = "\(architecture.prefix)\(names.prefix)\(index)."
    let (hidden, intermediate) = (shape.hiddenSize, shape.intermediateSize)
    func projection(_ name: String) throws -> Linear {
      try linear(prefix + name, hidden, hidden, .attention)
    }
    return PostNormBlock(
      attention: SelfAttention(
        query: try projection(names.query), key: try projection(names.key),
        value: try projection(names.value), output: try projection(names.attentionOutput),
        AttentionHeads(shape.headCount, size: hidden / shape.headCount),
        site: DropoutSite(3 * index + 1, shape.attentionDropout)),
      norm: try norm(prefix + names.attentionNorm),
      site: DropoutSite(
        3 * index + 2, architecture.dropsAttentionOutput ? shape.hiddenDropout : 0),
      feedForward: FeedForward(
        intermediate: try linear(prefix + names.intermediate, intermediate, hidden, .mlp),
        output: try linear(prefix + names.output, hidden, intermediate, .mlp),
        activation: shape.activation),
      norm: try norm(prefix + names.outputNorm),
      site: DropoutSite(3 * index + 3, shape.hiddenDropout))
  }

  private func linear(
    _ name: String, _ output: Int, _ input: Int, _ part: ModelPart,
    _ need: ParameterLoader.Need = .required
  ) throws -> Linear {
    Linear(
      weight: try loader.parameter(
        name + ".weight", [output, input], part, .normal(shape.initializerRange), need),
      bias: try loader.parameter(name + ".bias", [output], part, .constant(0), need))
  }

  private func norm(_ name: String) throws -> LayerNorm {
    LayerNorm(
      weight: try loader.parameter(name + ".weight", [shape.hiddenSize], .rest, .constant(1)),
      bias: try loader.parameter(name + ".bias", [shape.hiddenSize], .rest, .constant(0)),
      epsilon: shape.layerNormEpsilon)
  }
}

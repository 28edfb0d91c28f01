import Compute
import Layers
import Support

/// Puts BERT's layers together from their parameters, in the order and by the names of `transformers`.
struct BertBuilder {
  private let shape: BertConfiguration
  private let loader: ParameterLoader

  init(_ shape: BertConfiguration, _ loader: ParameterLoader) {
    self.shape = shape
    self.loader = loader
  }

  func embeddings() throws -> Embeddings {
    let prefix = "bert.embeddings."
    func table(_ name: String, _ rows: Int) throws -> Parameter {
      try loader.parameter(prefix + name + ".weight", [rows, shape.hiddenSize], .embeddings)
    }
    return Embeddings(
      words: try table("word_embeddings", shape.vocabularySize),
      positions: try table("position_embeddings", shape.maximumPositions),
      types: try table("token_type_embeddings", shape.typeVocabularySize),
      norm: try norm(prefix + "LayerNorm"), site: DropoutSite(0, shape.hiddenDropout))
  }

  func block(_ index: Int) throws -> TransformerBlock {
    let prefix = "bert.encoder.layer.\(index)."
    let (hidden, intermediate) = (shape.hiddenSize, shape.intermediateSize)
    func projection(_ name: String) throws -> Linear {
      try linear(prefix + "attention." + name, hidden, hidden, .attention)
    }
    let attention = SelfAttention(
      query: try projection("self.query"), key: try projection("self.key"),
      value: try projection("self.value"), output: try projection("output.dense"),
      norm: try norm(prefix + "attention.output.LayerNorm"), heads: shape.headCount,
      probabilitySite: DropoutSite(3 * index + 1, shape.attentionDropout),
      outputSite: DropoutSite(3 * index + 2, shape.hiddenDropout))
    let feedForward = FeedForward(
      intermediate: try linear(prefix + "intermediate.dense", intermediate, hidden, .mlp),
      output: try linear(prefix + "output.dense", hidden, intermediate, .mlp),
      norm: try norm(prefix + "output.LayerNorm"), activation: shape.activation,
      site: DropoutSite(3 * index + 3, shape.hiddenDropout))
    return TransformerBlock(attention: attention, feedForward: feedForward)
  }

  func pooler() throws -> Linear {
    try linear(
      "bert.pooler.dense", shape.hiddenSize, shape.hiddenSize, .rest,
      otherwise: .normal(shape.initializerRange))
  }

  func classifier(_ labels: Int, _ weights: HeadWeights) throws -> Linear {
    if weights == .new { loader.leaveOut("classifier.") }
    return try linear(
      "classifier", labels, shape.hiddenSize, .rest, otherwise: .normal(shape.initializerRange))
  }

  private func linear(
    _ name: String, _ output: Int, _ input: Int, _ part: ModelPart,
    otherwise initialization: ParameterLoader.Initialization? = nil
  ) throws -> Linear {
    Linear(
      weight: try loader.parameter(
        name + ".weight", [output, input], part, otherwise: initialization),
      bias: try loader.parameter(
        name + ".bias", [output], part, otherwise: initialization == nil ? nil : .zeros))
  }

  private func norm(_ name: String) throws -> LayerNorm {
    LayerNorm(
      weight: try loader.parameter(name + ".weight", [shape.hiddenSize], .rest),
      bias: try loader.parameter(name + ".bias", [shape.hiddenSize], .rest),
      epsilon: shape.layerNormEpsilon)
  }
}

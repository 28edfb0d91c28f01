import Compute
import Layers
import Support

/// Puts a decoder and its head together from their parameters, in the order and by the names of `transformers`.
struct DecoderBuilder {
  private let shape: DecoderConfiguration
  private let architecture: DecoderArchitecture
  private let loader: ParameterLoader
  private let words: Parameter

  /// - Throws: `InputError` when the word table is missing or has another shape.
  init(
    _ shape: DecoderConfiguration, _ architecture: DecoderArchitecture, _ loader: ParameterLoader
  ) throws {
    self.shape = shape
    self.architecture = architecture
    self.loader = loader
    words = try loader.parameter(
      DecoderArchitecture.words + ".weight", [shape.vocabularySize, shape.hiddenSize], .embeddings,
      .normal(shape.initializerRange))
  }

  func decoder() throws -> Decoder {
    let positions = shape.rotary.positions
    return Decoder(
      embedding: TokenEmbedding(words: words),
      blocks: try (0..<shape.layerCount).map { try block($0, positions) },
      norm: try norm(DecoderArchitecture.prefix + "norm", shape.hiddenSize),
      hiddenSize: shape.hiddenSize)
  }

  /// The head of language models: the logits of the next token.
  func vocabularyHead() throws -> VocabularyHead {
    guard !shape.tiesWords else { return VocabularyHead(Linear(weight: words, bias: nil)) }
    return VocabularyHead(
      try linear(
        DecoderArchitecture.vocabularyLayer, shape.vocabularySize, shape.hiddenSize, .rest,
        hasBias: false))
  }

  /// The head of sequence classification. A checkpoint without one gets a new one.
  func sequenceHead(labels: Int) throws -> ProjectionHead {
    ProjectionHead(
      projection: try linear(
        DecoderArchitecture.sequenceLayer, labels, shape.hiddenSize, .rest, hasBias: false,
        .replaceable),
      site: DropoutSite(shape.layerCount + 1, 0))
  }

  private func block(_ index: Int, _ positions: RotaryPositions) throws -> PreNormBlock {
    let prefix = DecoderArchitecture.prefix(ofBlock: index)
    let (hidden, inner, heads) = (shape.hiddenSize, shape.intermediateSize, shape.heads)
    let biases = shape.biases
    let query = try attention(
      prefix + "self_attn.q_proj", heads.width, hidden, biases.queryKeyValue)
    let key = try attention(
      prefix + "self_attn.k_proj", heads.keyValueWidth, hidden, biases.queryKeyValue)
    let value = try attention(
      prefix + "self_attn.v_proj", heads.keyValueWidth, hidden, biases.queryKeyValue)
    let output = try attention(
      prefix + "self_attn.o_proj", hidden, heads.width, biases.attentionOutput)
    let headNorms =
      architecture.normalizesHeads
      ? SelfAttention.HeadNorms(
        query: try norm(prefix + "self_attn.q_norm", heads.size),
        key: try norm(prefix + "self_attn.k_norm", heads.size)) : nil
    func mlp(_ name: String, _ output: Int, _ input: Int) throws -> Linear {
      try linear(prefix + "mlp." + name, output, input, .mlp, hasBias: biases.feedForward)
    }
    let feedForward = GatedFeedForward(
      gate: try mlp("gate_proj", inner, hidden), up: try mlp("up_proj", inner, hidden),
      down: try mlp("down_proj", hidden, inner), activation: shape.activation)
    return PreNormBlock(
      attention: SelfAttention(
        query: query, key: key, value: value, output: output, heads, shape.masks[index],
        positions: positions, headNorms: headNorms,
        site: DropoutSite(index + 1, shape.attentionDropout)),
      norm: try norm(prefix + "input_layernorm", hidden), feedForward: feedForward,
      norm: try norm(prefix + "post_attention_layernorm", hidden))
  }

  private func attention(
    _ name: String, _ output: Int, _ input: Int, _ hasBias: Bool
  ) throws -> Linear {
    try linear(name, output, input, .attention, hasBias: hasBias)
  }

  private func linear(
    _ name: String, _ output: Int, _ input: Int, _ part: ModelPart, hasBias: Bool,
    _ need: ParameterLoader.Need = .required
  ) throws -> Linear {
    Linear(
      weight: try loader.parameter(
        name + ".weight", [output, input], part, .normal(shape.initializerRange), need),
      bias: hasBias
        ? try loader.parameter(name + ".bias", [output], part, .constant(0), need) : nil)
  }

  private func norm(_ name: String, _ size: Int) throws -> RMSNorm {
    RMSNorm(
      weight: try loader.parameter(name + ".weight", [size], .rest, .constant(1)),
      epsilon: shape.rmsNormEpsilon)
  }
}

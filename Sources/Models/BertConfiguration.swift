import Checkpoints
import Compute
import Support

/// The shape of a BERT, from `config.json`.
public struct BertConfiguration: Sendable {
  /// The size of the word table.
  public let vocabularySize: Int
  /// The columns of every hidden state.
  public let hiddenSize: Int
  /// The number of transformer blocks.
  public let layerCount: Int
  /// The number of attention heads, which share the hidden columns.
  public let headCount: Int
  /// The columns inside the feed-forward block.
  public let intermediateSize: Int
  /// The size of the position table.
  public let maximumPositions: Int
  /// The size of the token-type table.
  public let typeVocabularySize: Int
  /// The feed-forward block's activation function.
  public let activation: Activation
  /// Added to variances.
  public let layerNormEpsilon: Float
  /// The standard deviation of new weights.
  public let initializerRange: Float
  /// Dropout after embeddings and blocks, of attention probabilities, and before the classifier.
  public var hiddenDropout: Float, attentionDropout: Float, classifierDropout: Float

  /// - Throws: `InputError` naming the key that is missing or cannot be used.
  public init(_ file: ConfigurationFile) throws {
    func positive(_ key: String) throws -> Int {
      let value = try file.integer(key)
      guard value > 0 else { throw file.error(key, expected: "a positive integer") }
      return value
    }
    func probability(_ key: String) throws -> Float? {
      guard let value = try file.numberIfPresent(key) else { return nil }
      guard (0..<1).contains(value) else { throw file.error(key, expected: "0 or more, below 1") }
      return Float(value)
    }
    vocabularySize = try positive("vocab_size")
    hiddenSize = try positive("hidden_size")
    layerCount = try positive("num_hidden_layers")
    headCount = try positive("num_attention_heads")
    intermediateSize = try positive("intermediate_size")
    maximumPositions = try positive("max_position_embeddings")
    typeVocabularySize = try positive("type_vocab_size")
    guard hiddenSize.isMultiple(of: headCount) else {
      throw file.error("num_attention_heads", expected: "a divisor of hidden_size \(hiddenSize)")
    }
    let positions = try file.stringIfPresent("position_embedding_type") ?? "absolute"
    guard positions == "absolute" else {
      throw file.error("position_embedding_type", expected: "\"absolute\"")
    }
    let name = try file.stringIfPresent("hidden_act") ?? "gelu"
    guard let activation = Activation(name: name) else {
      let known = Activation.allCases.map(\.rawValue).joined(separator: ", ")
      throw file.error("hidden_act", expected: "one of \(known)")
    }
    self.activation = activation
    func notNegative(_ key: String) throws -> Float? {
      guard let value = try file.numberIfPresent(key) else { return nil }
      guard value >= 0, value.isFinite else { throw file.error(key, expected: "0 or more") }
      return Float(value)
    }
    layerNormEpsilon = try notNegative("layer_norm_eps") ?? 1e-12
    initializerRange = try notNegative("initializer_range") ?? 0.02
    hiddenDropout = try probability("hidden_dropout_prob") ?? 0.1
    attentionDropout = try probability("attention_probs_dropout_prob") ?? 0.1
    classifierDropout = try probability("classifier_dropout") ?? hiddenDropout
  }
}

import Compute
import Support
import Weights

/// The shape of an encoder, from `config.json`.
struct EncoderConfiguration {
  /// The size of the word table.
  let vocabularySize: Int
  /// The columns of every hidden state.
  let hiddenSize: Int
  /// The number of transformer blocks.
  let layerCount: Int
  /// The number of attention heads, which share the hidden columns.
  let headCount: Int
  /// The columns inside the feed-forward block.
  let intermediateSize: Int
  /// The size of the position table.
  let maximumPositions: Int
  /// The size of the token-type table; 1 where there is none, as all tokens are of one type then.
  let typeVocabularySize: Int
  /// How tokens take rows of the position table.
  let positions: PositionNumbering
  /// The feed-forward block's activation function.
  let activation: Activation
  /// Added to variances.
  let layerNormEpsilon: Float
  /// The standard deviation of new weights.
  let initializerRange: Float
  /// Dropout after embeddings and blocks, and of attention probabilities.
  var hiddenDropout: Float, attentionDropout: Float
  /// Dropout in the heads of sequences and of tokens.
  var sequenceDropout: Float, tokenDropout: Float

  /// - Throws: `InputError` naming the key that is missing or cannot be used.
  init(_ file: ConfigurationFile, _ architecture: EncoderArchitecture) throws {
    try Self.checkSupported(file)
    func positive(_ key: String, upTo most: Int = Int(Int32.max)) throws -> Int {
      let value = try file.integer(key)
      guard 1...most ~= value else {
        throw file.error(key, expected: "a positive integer, at most \(most)")
      }
      return value
    }
    func probability(_ key: String) throws -> Float? {
      guard let value = try file.numberIfPresent(key).map(Float.init) else { return nil }
      guard (0..<1).contains(value) else { throw file.error(key, expected: "0 or more, below 1") }
      return value
    }
    let keys = architecture.keys.generalized(by: file)
    vocabularySize = try positive("vocab_size")
    hiddenSize = try positive(keys.hiddenSize)
    layerCount = try positive(keys.layerCount, upTo: 10_000)
    headCount = try positive(keys.headCount)
    intermediateSize = try positive(keys.intermediateSize)
    maximumPositions = try positive("max_position_embeddings")
    typeVocabularySize = try architecture.hasTokenTypes ? positive("type_vocab_size") : 1
    guard hiddenSize.isMultiple(of: headCount) else {
      throw file.error(
        keys.headCount, expected: "a divisor of \(keys.hiddenSize) \(hiddenSize)")
    }
    switch architecture.positions {
    case .fromZero:
      positions = .fromZero
    case .afterPadding(let defaultId):
      let id = try file.integerIfPresent("pad_token_id") ?? defaultId
      guard (0..<vocabularySize).contains(id) else {
        throw file.error("pad_token_id", expected: "an id below vocab_size \(vocabularySize)")
      }
      positions = .afterPadding(Int32(id))
    }
    guard positions.maximumLength(of: maximumPositions) > 0 else {
      throw file.error("max_position_embeddings", expected: "more than pad_token_id + 1")
    }
    let kind = try file.stringIfPresent("position_embedding_type") ?? "absolute"
    guard kind == "absolute" else {
      throw file.error("position_embedding_type", expected: "\"absolute\"")
    }
    let name = try file.stringIfPresent(keys.activation) ?? "gelu"
    guard let activation = Activation(name: name) else {
      let known = Activation.allCases.map(\.rawValue).joined(separator: ", ")
      throw file.error(keys.activation, expected: "one of \(known)")
    }
    self.activation = activation
    func notNegative(_ key: String) throws -> Float? {
      guard let value = try file.numberIfPresent(key).map(Float.init) else { return nil }
      guard value >= 0, value.isFinite else {
        throw file.error(key, expected: "0 or more, finite in float32")
      }
      return value
    }
    layerNormEpsilon = try keys.layerNormEpsilon.flatMap(notNegative) ?? 1e-12
    initializerRange = try notNegative("initializer_range") ?? 0.02
    hiddenDropout = try probability(keys.hiddenDropout) ?? 0.1
    attentionDropout = try probability(keys.attentionDropout) ?? 0.1
    sequenceDropout =
      try probability(keys.sequenceDropout.key) ?? keys.sequenceDropout.default ?? hiddenDropout
    tokenDropout =
      try probability(keys.tokenDropout.key) ?? keys.tokenDropout.default ?? hiddenDropout
  }

  /// Replaces all dropout probabilities.
  mutating func setDropout(_ probability: Float) {
    (hiddenDropout, attentionDropout) = (probability, probability)
    (sequenceDropout, tokenDropout) = (probability, probability)
  }

  /// Keys of `config.json` that make `transformers` compute something else than a plain encoder, unless they are
  /// null, false or empty.
  private static let unsupported = [
    "is_decoder": "a decoder's mask", "add_cross_attention": "attention to another model",
    "is_encoder_decoder": "two models in one", "pruned_heads": "blocks of different sizes",
    "quantization_config": "weights that are not floating-point numbers",
    "adapters": "layers that the weights of a plain model do not have",
  ]

  private static func checkSupported(_ file: ConfigurationFile) throws {
    for (key, meaning) in unsupported.sorted(by: { $0.key < $1.key }) {
      switch file[key] {
      case nil, .null?, .bool(false)?: continue
      case .object(let object)? where object.members.isEmpty: continue
      case .array(let array)? where array.isEmpty: continue
      default:
        throw file.error(key, expected: "none: \(meaning) is not supported")
      }
    }
  }
}

extension InputLimits {
  /// The limits of an encoder.
  init(_ shape: EncoderConfiguration) {
    vocabularySize = shape.vocabularySize
    typeVocabularySize = shape.typeVocabularySize
    maximumLength = shape.positions.maximumLength(of: shape.maximumPositions)
  }
}

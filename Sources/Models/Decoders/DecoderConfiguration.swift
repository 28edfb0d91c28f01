import Compute
import Support
import Weights

/// The shape of a decoder, from `config.json`.
struct DecoderConfiguration {
  /// The size of the word table.
  let vocabularySize: Int
  /// The columns of every hidden state.
  let hiddenSize: Int
  /// The number of transformer blocks.
  let layerCount: Int
  /// Query heads, key heads and their size.
  let heads: AttentionHeads
  /// The columns inside of the feed-forward layers.
  let intermediateSize: Int
  /// The longest sequence.
  let maximumPositions: Int
  /// The activation of the gate.
  let activation: Activation
  /// Added to mean squares.
  let rmsNormEpsilon: Float
  /// The standard deviation of new weights.
  let initializerRange: Float
  /// How queries and keys are turned.
  let rotary: RotaryConfiguration
  /// What each block's tokens see.
  let masks: [AttentionMask]
  /// Which projections of the attention have biases, and whether the feed-forward layers have.
  let biases: DecoderArchitecture.Biases
  /// Whether the word table makes the logits, too.
  let tiesWords: Bool
  /// Dropout of attention probabilities.
  var attentionDropout: Float

  /// - Throws: `InputError` naming the key that is missing or cannot be used.
  init(_ file: ConfigurationFile, _ architecture: DecoderArchitecture) throws {
    for (key, meaning) in ["quantization_config", "adapters"].map({ ($0, "layers of other kinds") })
    where (file[key] ?? .null) != .null {
      throw file.error(key, expected: "none: \(meaning) are not supported")
    }
    guard try file.boolIfPresent("is_causal") ?? true else {
      throw file.error(
        "is_causal", expected: "true: tokens that see later ones are not supported")
    }
    func positiveIfPresent(_ key: String, upTo most: Int = Int(Int32.max)) throws -> Int? {
      guard let value = try file.integerIfPresent(key) else { return nil }
      guard 1...most ~= value else {
        throw file.error(key, expected: "a positive integer, at most \(most)")
      }
      return value
    }
    func positive(_ key: String, upTo most: Int = Int(Int32.max)) throws -> Int {
      guard let value = try positiveIfPresent(key, upTo: most) else {
        throw file.error(key, expected: "a positive integer, at most \(most)")
      }
      return value
    }
    func notNegative(_ key: String) throws -> Float? {
      guard let value = try file.numberIfPresent(key).map(Float.init) else { return nil }
      guard value >= 0, value.isFinite else {
        throw file.error(key, expected: "0 or more, finite in float32")
      }
      return value
    }
    vocabularySize = try positive("vocab_size")
    hiddenSize = try positive("hidden_size", upTo: 1 << 20)
    layerCount = try positive("num_hidden_layers", upTo: 10_000)
    intermediateSize = try positive("intermediate_size", upTo: 1 << 24)
    maximumPositions = try positive("max_position_embeddings")
    let count = try positive("num_attention_heads", upTo: 1 << 20)
    let keyValueCount = try positiveIfPresent("num_key_value_heads") ?? count
    guard count.isMultiple(of: keyValueCount) else {
      throw file.error(
        "num_key_value_heads", expected: "a divisor of num_attention_heads \(count)")
    }
    let size: Int
    if let given = try positiveIfPresent("head_dim", upTo: 1 << 16) ?? architecture.headSize {
      size = given
    } else {
      guard hiddenSize.isMultiple(of: count) else {
        throw file.error("num_attention_heads", expected: "a divisor of hidden_size \(hiddenSize)")
      }
      size = hiddenSize / count
    }
    guard size.isMultiple(of: 2) else { throw file.error("head_dim", expected: "an even number") }
    heads = AttentionHeads(count, keyValueCount: keyValueCount, size: size)
    let name = try file.stringIfPresent("hidden_act") ?? "silu"
    guard let activation = Activation(name: name) else {
      let known = Activation.allCases.map(\.rawValue).joined(separator: ", ")
      throw file.error("hidden_act", expected: "one of \(known)")
    }
    self.activation = activation
    rmsNormEpsilon = try notNegative("rms_norm_eps") ?? 1e-6
    initializerRange = try notNegative("initializer_range") ?? 0.02
    rotary = try RotaryConfiguration(file, headSize: size, positions: maximumPositions)
    masks = try architecture.window.masks(file, blocks: layerCount)
    biases = try architecture.biases(file)
    tiesWords = try file.boolIfPresent("tie_word_embeddings") ?? false
    attentionDropout = try notNegative("attention_dropout") ?? 0
    guard attentionDropout < 1 else {
      throw file.error("attention_dropout", expected: "0 or more, below 1")
    }
  }
}

extension InputLimits {
  /// The limits of a decoder.
  init(_ shape: DecoderConfiguration) {
    vocabularySize = shape.vocabularySize
    typeVocabularySize = 1
    maximumLength = shape.maximumPositions
  }
}

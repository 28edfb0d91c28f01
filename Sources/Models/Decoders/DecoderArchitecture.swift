import Compute
import Layers
import Weights

/// What tells the members of LLaMA's family apart: biases, windows of attention, normalised heads. Every member is one
/// value of this in a file of its own.
struct DecoderArchitecture: Sendable {
  /// What the names of its classes in `transformers` begin with: `Llama` of `LlamaForCausalLM`.
  let className: String
  /// Which layers have biases.
  var bias = Bias.asConfigured
  /// Whether queries and keys of every head are normalised before they are turned.
  var normalizesHeads = false
  /// The columns of a head where `config.json` does not say; nil for those that share the hidden columns.
  var headSize: Int?
  /// How the window of attention is configured.
  var window = Window.none

  /// Which projections have biases.
  enum Bias {
    /// `attention_bias` for the four of attention, `mlp_bias` for the feed-forward layers; none unless they say so.
    case asConfigured
    /// Queries, keys and values.
    case queryKeyValue
    /// None.
    case none
  }

  /// Which layers of a model have biases.
  struct Biases {
    let queryKeyValue: Bool, attentionOutput: Bool, feedForward: Bool
  }

  /// Which keys `config.json` has for a window of attention.
  enum Window {
    /// None: a token sees all before it.
    case none
    /// `sliding_window` for every block, or for those that `layer_types` names; this many tokens where the key is
    /// not there.
    case everywhere(default: Int)
    /// `sliding_window` from block `max_window_layers` on, if `use_sliding_window` says so; or the blocks that
    /// `layer_types` names.
    case upperBlocks
  }

  func biases(_ file: ConfigurationFile) throws -> Biases {
    switch bias {
    case .none: .init(queryKeyValue: false, attentionOutput: false, feedForward: false)
    case .queryKeyValue: .init(queryKeyValue: true, attentionOutput: false, feedForward: false)
    case .asConfigured:
      try .init(
        queryKeyValue: file.boolIfPresent("attention_bias") ?? false,
        attentionOutput: file.boolIfPresent("attention_bias") ?? false,
        feedForward: file.boolIfPresent("mlp_bias") ?? false)
    }
  }

  /// What names of tensors begin with in a checkpoint of the whole model.
  static let prefix = "model."
  /// The weight of the layer that makes the logits of the next token.
  static let vocabularyLayer = "lm_head"
  /// The weight of the layer that classifies sequences.
  static let sequenceLayer = "score"
  /// The word table.
  static let words = "model.embed_tokens"

  /// The names of a block's linear layers after the block's prefix, in the order of the computation.
  static let linears: [(kind: LinearRole.Kind, name: String)] = [
    (.query, "self_attn.q_proj"), (.key, "self_attn.k_proj"), (.value, "self_attn.v_proj"),
    (.attentionOutput, "self_attn.o_proj"), (.gate, "mlp.gate_proj"),
    (.intermediate, "mlp.up_proj"), (.output, "mlp.down_proj"),
  ]

  /// What the names of a block's tensors begin with.
  static func prefix(ofBlock index: Int) -> String { "\(prefix)layers.\(index)." }
}

extension DecoderArchitecture.Window {
  /// What the tokens of every block see.
  /// - Throws: `InputError` naming the key that cannot be used.
  func masks(_ file: ConfigurationFile, blocks: Int) throws -> [AttentionMask] {
    let plain = AttentionMask.causal(window: nil)
    func window(_ fallback: Int?) throws -> Int? {
      if case .null? = file["sliding_window"] { return nil }
      guard let size = try file.integerIfPresent("sliding_window") ?? fallback else { return nil }
      guard size > 0 else { throw file.error("sliding_window", expected: "a positive integer") }
      return size
    }
    let types = try layerTypes(file, blocks: blocks)
    switch self {
    case .none:
      guard !types.contains(.sliding) else {
        throw file.error("layer_types", expected: "\"full_attention\" only")
      }
      return Array(repeating: plain, count: blocks)
    case .everywhere(let fallback):
      let windowed = AttentionMask.causal(window: try window(fallback))
      return (0..<blocks).map { types.isEmpty || types[$0] == .sliding ? windowed : plain }
    case .upperBlocks:
      guard try file.boolIfPresent("use_sliding_window") ?? false else {
        return Array(repeating: plain, count: blocks)
      }
      let windowed = AttentionMask.causal(window: try window(4096))
      let first = try file.integerIfPresent("max_window_layers") ?? 28
      return (0..<blocks).map {
        (types.isEmpty ? $0 >= first : types[$0] == .sliding) ? windowed : plain
      }
    }
  }

  /// What `layer_types` says of a block.
  private enum LayerType: String, CaseIterable {
    case full = "full_attention"
    case sliding = "sliding_attention"
  }

  /// `layer_types`, one for each block; none if the key is not there.
  private func layerTypes(_ file: ConfigurationFile, blocks: Int) throws -> [LayerType] {
    guard let types = try file.arrayIfPresent("layer_types") else { return [] }
    guard types.count == blocks else {
      throw file.error("layer_types", expected: "a type for each of \(blocks) blocks")
    }
    return try types.map { value in
      guard case .string(let name) = value, let type = LayerType(rawValue: name) else {
        let known = LayerType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " and ")
        throw file.error("layer_types", expected: "\(known) only")
      }
      return type
    }
  }
}

import Compute
import Foundation
import Support
import Weights

/// Shapes of published models, for measurements that need no weights: `ModelShape(rawValue: "bert-base")`.
public enum ModelShape: String, CaseIterable, Codable, Sendable {
  /// BERT, 12 blocks of 768 columns.
  case bertBase = "bert-base"
  /// BERT, 24 blocks of 1024 columns.
  case bertLarge = "bert-large"
  /// RoBERTa, 12 blocks of 768 columns.
  case robertaBase = "roberta-base"
  /// RoBERTa, 24 blocks of 1024 columns.
  case robertaLarge = "roberta-large"
  /// MiniLM, 6 blocks of 384 columns.
  case minilm
  /// SmolLM2 of 135 million parameters, a language model: 30 blocks of 576 columns.
  case smolLM2 = "smollm2-135m"

  /// A model of this shape, all weights drawn from the seed.
  /// - Parameters:
  ///   - head: what the head tells apart, `HeadConfiguration.languageModel` for the logits of the next token.
  ///   - dropout: replaces the 0.1 of the published configurations, if given.
  ///   - seed: draws the weights.
  ///   - engine: what computes.
  /// - Throws: `InputError` when the engine cannot hold it.
  public func randomModel(
    head: HeadConfiguration, dropout: Float? = nil, seed: UInt64 = 42, _ engine: Engine
  ) throws -> any TransformerModel {
    try type.architecture.model(
      configuration, .random, head: head, .new, dropout: dropout, seed: seed, engine)
  }

  /// The `config.json` of this shape.
  public var configuration: ConfigurationFile {
    let (layers, hidden, heads) = blocks
    var object = JSONObject()
    object["model_type"] = .string(type.rawValue)
    var numbers = [
      "num_hidden_layers": layers, "hidden_size": hidden, "num_attention_heads": heads,
    ]
    switch type {
    case .bert, .distilBert:
      object["layer_norm_eps"] = 1e-12
      numbers.merge([
        "intermediate_size": 4 * hidden, "vocab_size": 30522, "max_position_embeddings": 512,
        "type_vocab_size": 2, "pad_token_id": 0,
      ]) { $1 }
    case .roberta:
      object["layer_norm_eps"] = 1e-5
      numbers.merge([
        "intermediate_size": 4 * hidden, "vocab_size": 50265, "max_position_embeddings": 514,
        "type_vocab_size": 1, "pad_token_id": 1,
      ]) { $1 }
    case .llama, .mistral, .qwen2, .qwen3:
      object["rms_norm_eps"] = 1e-5
      object["tie_word_embeddings"] = true
      numbers.merge([
        "intermediate_size": 1536, "vocab_size": 49152, "max_position_embeddings": 8192,
        "num_key_value_heads": 3, "rope_theta": 100_000,
      ]) { $1 }
    }
    for (key, value) in numbers { object[key] = .number(JSONNumber(value)) }
    return ConfigurationFile(
      object, at: URL(fileURLWithPath: "/\(rawValue)/\(ModelFolder.configurationName)"))
  }

  private var type: ModelType {
    switch self {
    case .bertBase, .bertLarge, .minilm: .bert
    case .robertaBase, .robertaLarge: .roberta
    case .smolLM2: .llama
    }
  }

  private var blocks: (layers: Int, hidden: Int, heads: Int) {
    switch self {
    case .bertBase, .robertaBase: (12, 768, 12)
    case .bertLarge, .robertaLarge: (24, 1024, 16)
    case .minilm: (6, 384, 12)
    case .smolLM2: (30, 576, 9)
    }
  }
}

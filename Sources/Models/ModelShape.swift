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

  /// A model of this shape with a classification head, all weights drawn from the seed.
  /// - Parameters:
  ///   - head: what the head tells apart.
  ///   - dropout: replaces the 0.1 of the published configurations, if given.
  ///   - seed: draws the weights.
  ///   - engine: what computes.
  /// - Throws: `InputError` when the engine cannot hold it.
  public func randomClassifier(
    head: HeadConfiguration, dropout: Float? = nil, seed: UInt64 = 42, _ engine: Engine
  ) throws -> any TransformerModel {
    try type.architecture.model(
      configuration, .random, head: head, .new, dropout: dropout, seed: seed, engine)
  }

  /// The `config.json` of this shape.
  public var configuration: ConfigurationFile {
    let (layers, hidden, heads) = blocks
    let isBert = type == .bert
    let numbers = [
      "num_hidden_layers": layers, "hidden_size": hidden, "num_attention_heads": heads,
      "intermediate_size": 4 * hidden, "vocab_size": isBert ? 30522 : 50265,
      "max_position_embeddings": isBert ? 512 : 514, "type_vocab_size": isBert ? 2 : 1,
      "pad_token_id": isBert ? 0 : 1,
    ]
    var object = JSONObject()
    object["model_type"] = .string(type.rawValue)
    object["layer_norm_eps"] = isBert ? 1e-12 : 1e-5
    for (key, value) in numbers { object[key] = .number(JSONNumber(value)) }
    return ConfigurationFile(
      object, at: URL(fileURLWithPath: "/\(rawValue)/\(ModelFolder.configurationName)"))
  }

  private var type: ModelType {
    switch self {
    case .bertBase, .bertLarge, .minilm: .bert
    case .robertaBase, .robertaLarge: .roberta
    }
  }

  private var blocks: (layers: Int, hidden: Int, heads: Int) {
    switch self {
    case .bertBase, .robertaBase: (12, 768, 12)
    case .bertLarge, .robertaLarge: (24, 1024, 16)
    case .minilm: (6, 384, 12)
    }
  }
}

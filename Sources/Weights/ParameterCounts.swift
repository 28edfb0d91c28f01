import Foundation
import Support

/// How a model's parameters are spread over its parts: the paper's Table 1, for the tensors of any
/// checkpoint.
public struct ParameterCounts: Sendable {
  /// The number of parameters of each part.
  public let counts: [ModelPart: Int]
  /// The number of all parameters.
  public var total: Int { counts.values.reduce(0, +) }

  /// Counts the floating-point and quantised tensors of a checkpoint, told apart by their names in
  /// `transformers`.
  public init(_ checkpoint: Checkpoint) {
    var counts: [ModelPart: Int] = [:]
    for name in checkpoint.names {
      guard let info = checkpoint[name]?.info,
        [.float32, .float16, .bfloat16].contains(info.type) || info.type.elementsOfBlock > 1
      else { continue }
      counts[Self.part(of: name), default: 0] += info.count
    }
    self.counts = counts
  }

  /// A part's share of all parameters.
  public func share(_ part: ModelPart) -> Double {
    total == 0 ? 0 : Double(counts[part] ?? 0) / Double(total)
  }

  private static func part(of name: String) -> ModelPart {
    let lower = name.lowercased()
    func has(_ words: String...) -> Bool { words.contains(where: lower.contains) }
    if has("norm", "ln_", "pooler", "cls.", "classifier", "lm_head") { return .rest }
    if has("embed", "wte.", "wpe.") { return .embeddings }
    if has("attention", "attn") { return .attention }
    if has("mlp", "intermediate.dense", "output.dense", "feed_forward", "ffn", "fc1", "fc2") {
      return .mlp
    }
    return .rest
  }
}

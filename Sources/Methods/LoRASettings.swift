import Support

/// The settings of LoRA (Hu et al., 2021), with the names and defaults of `peft`'s `LoraConfig`, but for
/// `targetModules`, whose default here is the MLP.
public struct LoRASettings: Hashable, Codable, Sendable {
  /// Which biases train (`bias`).
  public enum Bias: String, CaseIterable, Codable, Sendable {
    /// None of the base model's.
    case none
    /// All of them.
    case all
    /// Those of the layers that LoRA is on.
    case loraOnly = "lora_only"
  }

  /// The rank of ΔW = scaling · B A (`r`).
  public var rank = 8
  /// The numerator of the scaling (`lora_alpha`).
  public var loraAlpha = 8.0
  /// Dropout of the input of A (`lora_dropout`).
  public var loraDropout: Float = 0
  /// Whether the scaling is α / √rank instead of α / rank (`use_rslora`; Kalajdzievski, 2023).
  public var usesRankStabilization = false
  /// Which biases train.
  public var bias = Bias.none
  /// The layers that LoRA is on.
  public var targetModules = TargetModules.mlp

  /// `peft`'s defaults, on the MLP.
  public init() {}

  /// What B A is multiplied by.
  public var scaling: Double {
    usesRankStabilization ? loraAlpha / Double(rank).squareRoot() : loraAlpha / Double(rank)
  }

  /// - Throws: `InputError` naming the setting that is out of range.
  public func validate() throws {
    let ranks = 1...65_536
    guard ranks.contains(rank) else {
      throw InputError(
        .loraRank,
        "\(rank) is out of range, expected from \(ranks.lowerBound) to \(ranks.upperBound)")
    }
    guard loraAlpha > 0, loraAlpha.isFinite else {
      throw InputError(.loraAlpha, "expected a positive number")
    }
    guard (0..<1).contains(loraDropout) else {
      throw InputError(.loraDropout, "expected 0 or more, below 1")
    }
    try targetModules.validate()
  }
}

import ArgumentParser
import SparseGrad

extension LoRASettings.Bias: ExpressibleByArgument {}

extension TargetModules: ExpressibleByArgument {
  /// See `TargetModules.init(_:)`.
  public init?(argument: String) { self.init(argument) }
}

/// LoRA, by the names of `peft`.
struct LoRAOptions: ParsableArguments {
  @Option(help: "Rank of LoRA's additions.")
  var loraRank = 8

  @Option(help: "LoRA's additions are scaled by alpha / rank. (default: the rank)")
  var loraAlpha: Double?

  @Option(help: "Dropout of the input of LoRA's additions.")
  var loraDropout: Float = 0

  @Flag(help: "Scale LoRA's additions by alpha / sqrt(rank).")
  var rslora = false

  @Option(help: "Biases that train with LoRA, beside those of --trainable.")
  var loraBias = LoRASettings.Bias.none

  @Option(
    help: ArgumentHelp(
      "Layers that LoRA is on: mlp, all-linear, names with commas, or a regular expression.",
      valueName: "modules"))
  var targetModules: TargetModules?

  var settings: LoRASettings {
    var settings = LoRASettings()
    settings.rank = loraRank
    settings.loraAlpha = loraAlpha ?? Double(loraRank)
    settings.loraDropout = loraDropout
    settings.usesRankStabilization = rslora
    settings.bias = loraBias
    settings.targetModules = targetModules ?? .mlp
    return settings
  }
}

import ArgumentParser
import SparseGrad

extension LoRASettings.Bias: ExpressibleByArgument {}

extension TargetModules: ExpressibleByArgument {
  /// See `TargetModules.init(_:)`.
  public init?(argument: String) { self.init(argument) }
}

/// LoRA, by the names of `peft`.
struct LoRAOptions: ParsableArguments {
  @Option(help: "Rank of LoRA. (default: 8)")
  var loraRank: Int?

  @Option(help: "Alpha of LoRA: its output is scaled by alpha / rank. (default: the rank)")
  var loraAlpha: Double?

  @Option(help: "Dropout on the input of LoRA. (default: 0)")
  var loraDropout: Float?

  @Flag(help: "Rank-stabilised LoRA: scale its output by alpha / sqrt(rank).")
  var rslora = false

  @Option(help: "Biases that train with LoRA, beside those of --trainable. (default: none)")
  var loraBias: LoRASettings.Bias?

  @Option(
    help: ArgumentHelp(
      "Layers that get LoRA: mlp, all-linear, module names separated by commas or plus signs, or a regular expression.",
      valueName: "modules"))
  var targetModules: TargetModules?

  var settings: LoRASettings {
    var settings = LoRASettings()
    settings.rank = loraRank ?? settings.rank
    settings.loraAlpha = loraAlpha ?? Double(settings.rank)
    settings.loraDropout = loraDropout ?? settings.loraDropout
    settings.usesRankStabilization = rslora
    settings.bias = loraBias ?? settings.bias
    settings.targetModules = targetModules ?? settings.targetModules
    return settings
  }
}

import ArgumentParser
import SparseGrad

/// When to stop, and how tokens are chosen.
struct GenerationOptions: ParsableArguments {
  @Option(help: "Longest text to write, in tokens.")
  var maxNewTokens = 256

  @Option(
    help: "What logits are divided by before a token is drawn; 0 takes the most probable one.")
  var temperature = 0.0

  @Option(help: "Draw from this many of the most probable tokens only. (default: all)")
  var topK: Int?

  @Option(help: "Draw from the most probable tokens whose probabilities add up to this.")
  var topP = 1.0

  @Option(help: "Draw from tokens that have at least this share of the largest probability.")
  var minP = 0.0

  @Option(help: "Divide the logits of tokens that are in the text already by this.")
  var repetitionPenalty = 1.0

  @Option(help: "Random seed of the tokens that are drawn.")
  var seed: UInt64 = 42

  @Option(
    help: ArgumentHelp(
      "Stop at this text, which is not written; can be given several times.", valueName: "text"))
  var stop: [String] = []

  func validate() throws { try checkingUsage { try settings.validate() } }

  var settings: GenerationSettings {
    var settings = GenerationSettings()
    settings.maximumTokens = maxNewTokens
    settings.stopStrings = stop
    settings.sampling.temperature = temperature
    settings.sampling.topK = topK
    settings.sampling.topP = topP
    settings.sampling.minP = minP
    settings.sampling.repetitionPenalty = repetitionPenalty
    settings.sampling.seed = seed
    return settings
  }
}

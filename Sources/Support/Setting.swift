/// A setting that a user gives, by the name that it has in the library. Messages of the library name settings by these;
/// whoever has other names for them (flags of a command) puts those in their place.
public enum Setting: String, CaseIterable, Sendable, CustomStringConvertible {
  case blocks
  case mlpLayers
  case density
  case selected
  case hiddenCandidates
  case intermediateCandidates
  case zeroThreshold
  case basisSteps
  case supportInterval
  case preliminary
  case targetModules
  case loraRank
  case loraAlpha
  case loraDropout
  case epochs
  case maximumSteps
  case batchSize
  case batchTokens
  case accumulation
  case learningRate
  case sparseLearningRate
  case headSteps
  case weightDecay
  case maximumGradientNorm
  case dropout
  case maximumLength
  case patience
  case logInterval
  case saveInterval
  case evaluation
  case warmUpRatio
  case warmUpSteps
  case precision
  case basis
  case method
  case metric
  case validationShare
  case save
  case task
  case labelSmoothing
  case classWeights
  case thresholds
  case resuming = "start = .resuming"
  case overwriting = "start = .overwriting"
  case output
  case models
  case tasks
  case methods
  case seeds
  case learningRates
  case model
  case tokens
  case betas, epsilon
  case temperature
  case topK
  case topP
  case minP
  case repetitionPenalty
  case maximumNewTokens
  case stopStrings
  case prompt

  /// The name in a message: `learningRate`, in backquotes.
  public var description: String { "`\(rawValue)`" }
}

extension InputError {
  /// An error about the value of a setting.
  public init(_ setting: Setting, at location: String? = nil, _ problem: String) {
    self.init("\(setting)", at: location, problem)
  }

  /// The setting at fault, if it is one.
  public var setting: Setting? { Setting.allCases.first { "\($0)" == source } }
}

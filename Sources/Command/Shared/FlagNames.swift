import SparseGrad

extension Setting {
  /// The flag by which this command sets it.
  var flag: String {
    switch self {
    case .blocks: "--blocks"
    case .mlpLayers: "--mlp-layers"
    case .temperature: "--temperature"
    case .topK: "--top-k"
    case .topP: "--top-p"
    case .minP: "--min-p"
    case .repetitionPenalty: "--repetition-penalty"
    case .maximumNewTokens: "--max-new-tokens"
    case .stopStrings: "--stop"
    case .prompt: "--prompt"
    case .density: "--density"
    case .selected: "--selected"
    case .hiddenCandidates: "--hidden-candidates"
    case .intermediateCandidates: "--intermediate-candidates"
    case .zeroThreshold: "--zero-threshold"
    case .basisSteps: "--basis-steps"
    case .supportInterval: "--support-interval"
    case .preliminary: "--preliminary"
    case .targetModules: "--target-modules"
    case .loraRank: "--lora-rank"
    case .loraAlpha: "--lora-alpha"
    case .loraDropout: "--lora-dropout"
    case .epochs: "--epochs"
    case .maximumSteps: "--max-steps"
    case .batchSize: "--batch-size"
    case .batchTokens: "--batch-tokens"
    case .accumulation: "--gradient-accumulation"
    case .learningRate: "--learning-rate"
    case .sparseLearningRate: "--sparse-learning-rate"
    case .headSteps: "--head-steps"
    case .weightDecay: "--weight-decay"
    case .maximumGradientNorm: "--max-grad-norm"
    case .dropout: "--dropout"
    case .maximumLength: "--max-length"
    case .patience: "--patience"
    case .logInterval: "--log-every"
    case .saveInterval: "--save-every"
    case .evaluation: "--evaluate-every"
    case .warmUpRatio: "--warmup-ratio"
    case .warmUpSteps: "--warmup-steps"
    case .precision: "--precision"
    case .basis: "--basis"
    case .method: "--method"
    case .metric: "--metric"
    case .validationShare: "--validation-split"
    case .save: "--save"
    case .task: "--task"
    case .labelSmoothing: "--label-smoothing"
    case .classWeights: "--class-weights"
    case .thresholds: "--thresholds"
    case .resuming: "--resume"
    case .overwriting: "--overwrite"
    case .output: "--output"
    case .models: "--models"
    case .tasks: "--tasks"
    case .methods: "--methods"
    case .seeds: "--seeds"
    case .learningRates: "--learning-rates"
    case .model: "--model"
    case .tokens: "--tokens"
    // Only the library has these.
    case .betas, .epsilon: rawValue
    }
  }
}

extension String {
  /// The text with flags in the place of settings' names.
  var withFlags: String {
    guard contains("`") else { return self }
    return Setting.allCases.reduce(self) { $0.replacing("\($1)", with: $1.flag) }
  }
}

extension InputError {
  /// The error with flags in the place of settings' names.
  var withFlags: InputError {
    InputError(source.withFlags, at: location?.withFlags, problem.withFlags)
  }
}

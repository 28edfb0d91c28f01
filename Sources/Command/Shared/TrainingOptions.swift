import ArgumentParser
import SparseGrad

extension TrainableScope: ExpressibleByArgument {}
extension Packing: ExpressibleByArgument {}
extension MLPLayer: ExpressibleByArgument {}
extension ResultKind: ExpressibleByArgument {}
extension LearningRateSchedule.Kind: ExpressibleByArgument {}

extension Metric: ExpressibleByArgument {
  /// A metric by its name, as `Metric.init(named:)` knows it.
  public init?(argument: String) {
    guard let metric = try? Metric(named: argument) else { return nil }
    self = metric
  }
}

extension Interval: ExpressibleByArgument {
  /// `100` steps, `epoch`, `2epochs`.
  public init?(argument: String) {
    if let steps = Int(argument) {
      self = .steps(steps)
    } else if let range = argument.range(of: "epoch"),
      ["epoch", "epochs"].contains(argument[range.lowerBound...])
    {
      let count = argument[..<range.lowerBound].trimmingPrefix { $0 == " " }
      guard let epochs = count.isEmpty ? 1 : Int(count.filter { $0 != " " }) else { return nil }
      self = .epochs(epochs)
    } else {
      return nil
    }
  }

  /// As it is typed.
  public var defaultValueDescription: String {
    switch self {
    case .steps(let count): "\(count)"
    case .epochs(let count): count == 1 ? "epoch" : "\(count)epochs"
    }
  }
}

/// Which layers a method is on.
struct LayerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Blocks whose MLP layers are fine-tuned: all, every:3 (0, 3, 6, ...), or numbers and ranges such as 0,4,8-11. (default: all; every:3 for language models)",
      valueName: "blocks"))
  var blocks: String?

  @Option(
    help: ArgumentHelp(
      "MLP layers that are fine-tuned: up_proj, down_proj, gate_proj. (default: up_proj,down_proj)",
      valueName: "layers"))
  var mlpLayers: CommaSeparated<MLPLayer>?

  func validate() throws {
    try checkingUsage { _ = try layers(for: .classification) }
  }

  /// Nil takes what is usual with the task.
  func layers(for kind: TaskKind) throws -> TrainedLayers? {
    guard blocks != nil || mlpLayers != nil else { return nil }
    var layers = TrainedLayers()
    if let blocks {
      layers.blocks = try BlockSelection(blocks)
    } else if kind.problem == .nextToken {
      layers.blocks = .every(3)
    }
    if let mlpLayers { layers.layers = mlpLayers.values }
    return layers
  }
}

/// What decides the numbers that are computed.
struct ComputeOptions: ParsableArguments {
  @Option(
    help:
      "Precision of matrix products; master weights and sums are float32 in both. auto picks what is faster on this machine."
  )
  var precision = PrecisionFlag.auto

  @Option(
    help:
      "Longest sequence in tokens; longer ones are truncated. (default: the model's positions; 1024 to train a language model)"
  )
  var maxLength: Int?

  @Option(help: "Number of threads; results do not depend on it. (default: all processors)")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024 ~= threads) {
      throw ValidationError("--threads: expected from 1 to 1024")
    }
    if let maxLength, maxLength < 3 { throw ValidationError("--max-length: expected at least 3") }
  }
}

/// The training loop.
struct TrainingOptions: ParsableArguments {
  @Option(
    help:
      "What is trained in addition to the MLP weights: everything else, the MLP biases and the head, or the MLP biases only. (default: mlp+rest; mlp+head with LoRA)"
  )
  var trainable: TrainableScope?

  @OptionGroup var layers: LayerOptions

  @Flag(
    help:
      "With --task token-classification: all tokens of a word learn its tag, not only the first.")
  var labelAllTokens = false

  @Option(help: "Number of passes over the training data.")
  var epochs = 3

  @Option(help: "Number of training steps; overrides --epochs.")
  var maxSteps: Int?

  @Option(help: "Batch size in sequences. (default: 16; 4 for language models)")
  var batchSize: Int?

  @Option(help: "Batch size in tokens, instead of --batch-size.")
  var batchTokens: Int?

  @Option(
    help:
      "Of a language model: sequences share rows of --max-length tokens without seeing each other, and --batch-size counts rows. best-fit puts whole sequences together, wrapped fills rows and cuts sequences where one is full."
  )
  var packing = Packing.none

  @Option(help: "Number of batches whose gradients are accumulated for one optimiser step.")
  var gradientAccumulation = 1

  @Option(help: "Peak learning rate. (default: 2e-4; 5e-5 with --method full)")
  var learningRate: Double?

  @Option(
    help:
      "Peak learning rate of what the method trains of the MLP weights: selected elements, LoRA's factors. (default: --learning-rate)"
  )
  var sparseLearningRate: Double?

  @Option(
    help:
      "Steps in which the head trains alone before a basis is found and anything else moves.")
  var headSteps = 0

  @Option(
    help:
      "Decoupled weight decay; biases, normalisations and sparsely trained weights do not decay.")
  var weightDecay = 0.0

  @Option(help: "Learning rate schedule after the warm-up.")
  var scheduler = LearningRateSchedule.Kind.linear

  @Option(help: "Share of all steps used for warm-up. (default: 0)")
  var warmupRatio: Double?

  @Option(help: "Number of warm-up steps, instead of --warmup-ratio.")
  var warmupSteps: Int?

  @Option(help: "Clip the global gradient norm to this value; 0 turns clipping off.")
  var maxGradNorm = 1.0

  @Option(help: "Dropout probability for the whole model. (default: from config.json)")
  var dropout: Float?

  @Flag(
    help:
      "Activation checkpointing: keep only the input of every block and compute the rest again. Less memory, a third more time."
  )
  var recompute = false

  @Flag(help: "Do not shuffle: take the examples in the order of the file.")
  var noShuffle = false

  @Option(help: "Random seed for new weights, the order of examples and dropout.")
  var seed: UInt64 = 42

  @Option(help: "How often to evaluate: a number of steps, `epoch`, or `2epochs`.")
  var evaluateEvery = Interval.epochs(1)

  @Option(
    help: "Stop after this many evaluations without improvement; 0 never stops early. (default: 0)")
  var patience: Int?

  @Option(help: "Metric that chooses the best checkpoint. (default: the task's)")
  var metric: Metric?

  @Option(help: "Write a line to the log every this many steps.")
  var logEvery = 10

  @Option(help: "Also save a checkpoint every this many steps, not only after evaluations.")
  var saveEvery: Int?

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if batchSize != nil, batchTokens != nil {
      throw ValidationError("--batch-size and --batch-tokens exclude each other")
    }
    if warmupRatio != nil, warmupSteps != nil {
      throw ValidationError("--warmup-ratio and --warmup-steps exclude each other")
    }
  }

  /// What is usual for language models where nothing was said.
  func fillIn(forLanguageModel settings: inout TrainingSettings) {
    if batchSize == nil, batchTokens == nil { settings.batch = .sequences(4) }
    settings.maximumLength = compute.maxLength ?? 1024
  }

  func settings(_ method: TrainingMethod) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.method = method
    settings.scope = trainable
    settings.epochs = epochs
    settings.maximumSteps = maxSteps
    settings.batch = batchTokens.map { .tokens($0) } ?? .sequences(batchSize ?? 16)
    settings.accumulation = gradientAccumulation
    settings.learningRate = learningRate
    settings.optimizer.sparseLearningRate = sparseLearningRate
    settings.schedule.headSteps = headSteps
    settings.weightDecay = weightDecay
    settings.scheduler = scheduler
    settings.warmUp = warmupSteps.map { .steps($0) } ?? .ratio(warmupRatio ?? 0)
    settings.maximumGradientNorm = maxGradNorm == 0 ? nil : maxGradNorm
    settings.dropout = dropout
    settings.activationCheckpointing = recompute ? .blocks : .none
    settings.order = noShuffle ? .asGiven : .shuffled
    settings.seed = seed
    settings.data.taggedTokens = labelAllTokens ? .all : .first
    settings.data.packing = packing
    settings.maximumLength = compute.maxLength
    settings.precision = compute.precision.precision
    settings.evaluation = evaluateEvery
    settings.patience = patience == 0 ? nil : patience
    settings.metric = metric
    settings.logInterval = logEvery
    settings.saveInterval = saveEvery
    return settings
  }
}

import ArgumentParser
import SparseGrad

extension TrainableScope: ExpressibleByArgument {}
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

/// What decides the numbers that are computed.
struct ComputeOptions: ParsableArguments {
  @Option(
    help:
      "Precision of matrix products; weights and sums are float32 in both. auto takes what is faster on this machine."
  )
  var precision = PrecisionFlag.auto

  @Option(
    help: "Longest sequence in tokens; longer ones are truncated. (default: the model's positions)")
  var maxLength: Int?

  @Option(help: "Threads; results do not depend on them. (default: all processors)")
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
      "What trains beside the MLP weights: everything, their biases and the head, or their biases only. (default: mlp+rest, with LoRA mlp+head)"
  )
  var trainable: TrainableScope?

  @Flag(
    help:
      "With --task token-classification: all tokens of a word learn its tag, not only the first.")
  var labelAllTokens = false

  @Option(help: "Passes over the training data.")
  var epochs = 3

  @Option(help: "Steps to train, whatever --epochs says.")
  var maxSteps: Int?

  @Option(help: "Sequences of a batch. (default: 16)")
  var batchSize: Int?

  @Option(help: "Tokens of a batch, instead of --batch-size.")
  var batchTokens: Int?

  @Option(help: "Batches whose gradients make one step.")
  var gradientAccumulation = 1

  @Option(help: "Highest learning rate. (default: 2e-4, with full 5e-5)")
  var learningRate: Double?

  @Option(
    help:
      "Decoupled weight decay; biases, normalisations and sparsely trained weights do not decay.")
  var weightDecay = 0.0

  @Option(help: "How the learning rate falls after the warm-up.")
  var scheduler = LearningRateSchedule.Kind.linear

  @Option(help: "Share of the steps during which the learning rate rises. (default: 0)")
  var warmupRatio: Double?

  @Option(help: "Steps during which the learning rate rises, instead of --warmup-ratio.")
  var warmupSteps: Int?

  @Option(help: "Gradients are scaled down to this norm; 0 leaves them.")
  var maxGradNorm = 1.0

  @Option(help: "Probability of dropout everywhere. (default: the model's)")
  var dropout: Float?

  @Flag(
    help:
      "Keep only the input of every block and compute the rest again: less memory, a third more time."
  )
  var recompute = false

  @Flag(help: "Take the examples in the order of the file.")
  var noShuffle = false

  @Option(help: "Draws new weights, the order of examples and dropout.")
  var seed: UInt64 = 42

  @Option(help: "How often to evaluate: a number of steps, `epoch`, or `2epochs`.")
  var evaluateEvery = Interval.epochs(1)

  @Option(help: "Stop after so many evaluations without improvement; 0 never does. (default: 0)")
  var patience: Int?

  @Option(help: "Metric that chooses the best checkpoint. (default: the task's)")
  var metric: Metric?

  @Option(help: "Steps between lines of the log.")
  var logEvery = 10

  @Option(help: "Steps between checkpoints, besides those after evaluations.")
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

  func settings(_ method: TrainingMethod) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.method = method
    settings.scope = trainable
    settings.epochs = epochs
    settings.maximumSteps = maxSteps
    settings.batch = batchTokens.map { .tokens($0) } ?? .sequences(batchSize ?? 16)
    settings.accumulation = gradientAccumulation
    settings.learningRate = learningRate
    settings.weightDecay = weightDecay
    settings.scheduler = scheduler
    settings.warmUp = warmupSteps.map { .steps($0) } ?? .ratio(warmupRatio ?? 0)
    settings.maximumGradientNorm = maxGradNorm == 0 ? nil : maxGradNorm
    settings.dropout = dropout
    settings.activationCheckpointing = recompute ? .blocks : .none
    settings.order = noShuffle ? .asGiven : .shuffled
    settings.seed = seed
    settings.data.taggedTokens = labelAllTokens ? .all : .first
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

import Compute
import Datasets
import Inference
import Layers
import Methods
import Metrics
import Support
import Tasks

/// Everything that decides what a training run computes. Two runs with equal settings, model and data end
/// with the same bytes; the number of threads is not among them.
public struct TrainingSettings: Codable, Equatable, Sendable {
  /// How often something happens.
  public enum Interval: Codable, Equatable, Sendable {
    /// After so many steps.
    case steps(Int)
    /// At the end of so many epochs.
    case epochs(Int)
  }

  /// How long the learning rate rises at the beginning.
  public enum WarmUp: Codable, Equatable, Sendable {
    /// For a share of all steps.
    case ratio(Double)
    /// For a number of steps.
    case steps(Int)
  }

  /// What a run leaves behind.
  public enum ResultKind: String, CaseIterable, Codable, Sendable {
    /// A folder that `transformers` loads.
    case model
    /// A small folder that makes it of the model it was trained on.
    case adapter
    /// Both; the model is then the base with the adapter, bit for bit.
    case both
  }

  /// How the MLP weights learn.
  public var method = TrainingMethod.sparseGrad(SparseGradSettings())
  /// What trains beside them; nil takes what is usual with the method.
  public var scope: TrainableScope?
  /// Passes over the training data.
  public var epochs = 3
  /// Ends training earlier or later than `epochs`, if given.
  public var maximumSteps: Int?
  /// The size of a batch.
  public var batch = BatchLimit.sequences(16)
  /// Batches whose gradients make one step.
  public var accumulation = 1
  /// The highest learning rate; nil takes the method's usual one.
  public var learningRate: Double?
  /// Decoupled weight decay; biases, normalisations and sparsely trained weights do not decay.
  public var weightDecay = 0.0
  /// Adam's decay rates and the number that keeps its division finite.
  public var beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8
  /// How the learning rate falls.
  public var scheduler = LearningRateSchedule.Kind.linear
  /// How it rises first.
  public var warmUp = WarmUp.ratio(0)
  /// Gradients are scaled down to this norm; nil leaves them as they are.
  public var maximumGradientNorm: Double? = 1
  /// Replaces the model's dropout probabilities, if given.
  public var dropout: Float?
  /// The order of examples.
  public var order = ExampleOrder.shuffled
  /// Draws everything that is random.
  public var seed: UInt64 = 42
  /// Longer sequences are truncated; nil means the model's positions.
  public var maximumLength: Int?
  /// The precision of matrix products; nil takes that of a run that is resumed, else what is faster on this machine.
  public var precision: Precision?
  /// Whether the inside of blocks is computed again in the backward pass: less memory, about a third more time,
  /// and the same numbers.
  public var activationCheckpointing = ActivationCheckpointing.none
  /// How often the model is evaluated on the validation data.
  public var evaluation = Interval.epochs(1)
  /// Evaluations without improvement after which training ends; nil never ends it.
  public var patience: Int?
  /// The metric that chooses the best checkpoint; nil takes the task's first.
  public var metric: Metric?
  /// What the cross-entropy of a classification is changed by; nil leaves it plain.
  public var loss: ClassificationLoss?
  /// What the texts are; the run writes it down for those who use its model.
  var inputs: TrainedInputs?
  /// What the run leaves behind.
  public var save = ResultKind.model
  /// Steps between lines of the log.
  public var logInterval = 10
  /// Steps between checkpoints besides those after evaluations; nil means no others.
  public var saveInterval: Int?

  /// The defaults.
  public init() {}

  /// These settings with everything said that they leave to the method.
  package var resolved: TrainingSettings {
    var settings = self
    (settings.scope, settings.learningRate) = (trainedScope, highestLearningRate)
    return settings
  }

  /// These settings without what changes nothing that is computed: how often something is written down, and what the
  /// columns of the data are called.
  package var ofResult: TrainingSettings {
    var settings = self
    (settings.logInterval, settings.saveInterval) = (1, nil)
    settings.inputs = nil
    return settings
  }

  /// The precision to train in.
  /// - Parameter begun: that of the run that is resumed, if one is.
  func trainedPrecision(begun: Precision? = nil) throws -> Precision {
    if let precision { return precision }
    if case .sparseGrad(let settings) = method, settings.zeroThreshold != nil { return .float32 }
    return try begun ?? .fastest()
  }

  /// What trains beside the MLP weights.
  package var trainedScope: TrainableScope { scope ?? method.defaultScope }

  /// The learning rate that the schedule begins with or rises to.
  package var highestLearningRate: Double { learningRate ?? method.defaultLearningRate }

  /// What sparsely trained weights remember: an adapter is made of their changes. If the preliminary phase has
  /// changed the weights, too, such changes are not all.
  package var changeRecord: ChangeRecord {
    guard save != .model, case .sparseGrad(let settings) = method else { return .none }
    return settings.needsBasis && settings.preliminary == .trained ? .none : .sum
  }

  /// - Throws: `InputError` naming the flag whose value is out of range.
  public func validate() throws {
    func check(_ condition: Bool, _ flag: String, _ expected: String) throws {
      guard condition else { throw InputError(flag, "expected \(expected)") }
    }
    try check(1...100_000 ~= epochs, "--epochs", "from 1 to 100000")
    // Forward passes are numbered in 32 bits.
    let most = 1 << 31
    try check(
      maximumSteps.map { 1...most ~= $0 } ?? true, "--max-steps", "from 1 to \(most)")
    switch batch {
    case .sequences(let count): try check(count >= 1, "--batch-size", "at least 1")
    case .tokens(let count): try check(count >= 1, "--batch-tokens", "at least 1")
    }
    try check(1...1_000_000 ~= accumulation, "--gradient-accumulation", "from 1 to 1000000")
    try check(0..<1 ~= beta1 && 0..<1 ~= beta2, "betas", "0 or more, below 1")
    try check(epsilon > 0 && epsilon.isFinite, "epsilon", "a positive number")
    try check(
      highestLearningRate > 0 && highestLearningRate.isFinite, "--learning-rate",
      "a positive number")
    try check(weightDecay >= 0 && weightDecay.isFinite, "--weight-decay", "0 or more")
    try check(
      maximumGradientNorm.map { $0 > 0 && $0.isFinite } ?? true, "--max-grad-norm",
      "a positive number, or 0 for none")
    try check(dropout.map { (0..<1).contains($0) } ?? true, "--dropout", "0 or more, below 1")
    try check(maximumLength.map { $0 >= 3 } ?? true, "--max-length", "at least 3")
    try check(patience.map { $0 >= 1 } ?? true, "--patience", "at least 1")
    try check(logInterval >= 1, "--log-every", "at least 1")
    try check(saveInterval.map { $0 >= 1 } ?? true, "--save-every", "at least 1")
    switch evaluation {
    case .steps(let count), .epochs(let count):
      try check(count >= 1, "--evaluate-every", "at least 1")
    }
    switch warmUp {
    case .ratio(let ratio): try check((0...1).contains(ratio), "--warmup-ratio", "from 0 to 1")
    case .steps(let count): try check(count >= 0, "--warmup-steps", "0 or more")
    }
    try method.validate()
    if case .sparseGrad(let settings) = method {
      try check(
        settings.zeroThreshold == nil || precision != .bfloat16, "--zero-threshold",
        "to be used with --precision float32")
    }
  }

  /// Checks whether a basis that was found before can take the place of the preliminary phase.
  /// - Throws: `InputError` naming `--basis` when it cannot.
  public func validateGivenBasis() throws {
    guard case .sparseGrad(let settings) = method, settings.needsBasis else {
      throw InputError("--basis", "the method has no basis, expected --method sparsegrad")
    }
    guard settings.preliminary == .frozen else {
      throw InputError(
        "--basis",
        "takes the place of the steps that --preliminary trained would keep, expected frozen")
    }
  }

  /// The metric that chooses the best checkpoint of a task.
  /// - Throws: `InputError` when the one that is set is not measured there.
  public func metric(for kind: TaskKind) throws -> Metric? {
    guard let metric else { return nil }
    guard metric == .loss || kind.metrics.contains(metric) else {
      let known = (kind.metrics + [.loss]).map(\.rawValue).joined(separator: ", ")
      throw InputError(
        "--metric", "\(metric.rawValue) is not measured in a \(kind.rawValue), expected \(known)")
    }
    return metric
  }
}

import Compute
import Datasets
import Foundation
import Inference
import Layers
import Methods
import Metrics
import Models
import Support
import Tasks
import Weights

/// Everything that decides what a training run computes. Two runs with equal settings, model and data end
/// with the same bytes; the number of threads is not among them.
///
/// The settings stand in groups, which is how they are written down; each can be reached without naming its group:
/// `settings.epochs` is `settings.schedule.epochs`. Files of later versions may have settings that this one does not know,
/// and files of earlier ones may lack some: what is not there has its default value.
@dynamicMemberLookup
public struct TrainingSettings: Codable, Equatable, Sendable {
  /// The version of the written form. Version 1 had no groups.
  package static let version = 2

  /// How the MLP weights learn.
  public var method = TrainingMethod.sparseGrad(SparseGradSettings())
  /// Which layers these are; nil takes all blocks, or every third one of a language model.
  public var layers: TrainedLayers?
  /// What trains beside them; nil takes what is usual with the method.
  public var scope: TrainableScope?
  /// How a step changes the weights.
  public var optimizer = OptimizerSettings()
  /// How long training takes, and how its learning rate goes.
  public var schedule = ScheduleSettings()
  /// What of the data makes a batch.
  public var data = DataSettings()
  /// How it is computed, measured and written down.
  public var run = RunSettings()

  /// The defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case version, method, layers, scope, optimizer, schedule, data, run
  }

  /// Reads what `encode(to:)` writes.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let version = try values.decodeIfPresent(Int.self, forKey: .version) ?? 1
    guard version == Self.version else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: values,
        debugDescription: "settings of version \(version), expected \(Self.version)")
    }
    method = try values.read(.method, else: method)
    layers = try values.read(.layers, else: layers)
    scope = try values.read(.scope, else: scope)
    optimizer = try values.read(.optimizer, else: optimizer)
    schedule = try values.read(.schedule, else: schedule)
    data = try values.read(.data, else: data)
    run = try values.read(.run, else: run)
  }

  /// Writes the groups and the version.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.version, forKey: .version)
    try values.encode(method, forKey: .method)
    try values.encodeIfPresent(layers, forKey: .layers)
    try values.encodeIfPresent(scope, forKey: .scope)
    try values.encode(optimizer, forKey: .optimizer)
    try values.encode(schedule, forKey: .schedule)
    try values.encode(data, forKey: .data)
    try values.encode(run, forKey: .run)
  }

  // MARK: Without naming the group

  /// A setting of the group `optimizer`.
  public subscript<Value>(dynamicMember path: WritableKeyPath<OptimizerSettings, Value>) -> Value {
    get { optimizer[keyPath: path] }
    set { optimizer[keyPath: path] = newValue }
  }

  /// A setting of the group `schedule`.
  public subscript<Value>(dynamicMember path: WritableKeyPath<ScheduleSettings, Value>) -> Value {
    get { schedule[keyPath: path] }
    set { schedule[keyPath: path] = newValue }
  }

  /// A setting of the group `data`.
  public subscript<Value>(dynamicMember path: WritableKeyPath<DataSettings, Value>) -> Value {
    get { data[keyPath: path] }
    set { data[keyPath: path] = newValue }
  }

  /// A setting of the group `run`.
  public subscript<Value>(dynamicMember path: WritableKeyPath<RunSettings, Value>) -> Value {
    get { run[keyPath: path] }
    set { run[keyPath: path] = newValue }
  }

  /// These settings with everything said that they leave to the method.
  package var resolved: TrainingSettings {
    var settings = self
    (settings.scope, settings.optimizer.learningRate) = (trainedScope, highestLearningRate)
    return settings
  }

  /// These settings without what changes nothing that is computed: how often something is written down, and what the
  /// columns of the data are called.
  package var ofResult: TrainingSettings {
    var settings = self
    (settings.run.logInterval, settings.run.saveInterval) = (1, nil)
    settings.data.inputs = nil
    return settings
  }

  /// The precision to train in.
  /// - Parameters:
  ///   - model: the folder of the model.
  ///   - begun: that of the run that is resumed, if one is.
  func trainedPrecision(of model: URL, begun: Precision? = nil) throws -> Precision {
    if let precision = run.precision { return precision }
    if case .sparseGrad(let settings) = method, settings.zeroThreshold != nil { return .float32 }
    return try begun ?? ModelFolder(model).fastestPrecision()
  }

  /// The layers of the feed-forward blocks that the method is on.
  package var trainedLayers: TrainedLayers { layers ?? TrainedLayers() }

  /// These settings with what is usual for language models, as in the paper: every third block, and nothing beside it.
  package var forLanguageModel: TrainingSettings {
    var settings = self
    settings.layers = layers ?? TrainedLayers(blocks: .every(3))
    settings.scope = scope ?? .mlp
    return settings
  }

  /// What trains beside the MLP weights.
  package var trainedScope: TrainableScope { scope ?? method.defaultScope }

  /// The learning rate that the schedule begins with or rises to.
  package var highestLearningRate: Double { optimizer.learningRate ?? method.defaultLearningRate }

  /// What sparsely trained weights remember: an adapter is made of their changes. If the preliminary phase has
  /// changed the weights, too, such changes are not all.
  package var changeRecord: ChangeRecord {
    guard run.save != .model, case .sparseGrad(let settings) = method else { return .none }
    return settings.needsBasis && settings.preliminary == .trained ? .none : .sum
  }

  /// - Throws: `InputError` naming the setting whose value is out of range.
  public func validate() throws {
    func check(_ condition: Bool, _ setting: Setting, _ expected: String) throws {
      guard condition else { throw InputError(setting, "expected \(expected)") }
    }
    try check(1...100_000 ~= schedule.epochs, .epochs, "from 1 to 100000")
    // Forward passes are numbered in 32 bits.
    let most = 1 << 31
    try check(
      schedule.maximumSteps.map { 1...most ~= $0 } ?? true, .maximumSteps, "from 1 to \(most)")
    switch data.batch {
    case .sequences(let count): try check(count >= 1, .batchSize, "at least 1")
    case .tokens(let count): try check(count >= 1, .batchTokens, "at least 1")
    }
    try check(
      1...1_000_000 ~= schedule.accumulation, .accumulation, "from 1 to 1000000")
    try check(0..<1 ~= optimizer.beta1 && 0..<1 ~= optimizer.beta2, .betas, "0 or more, below 1")
    try check(optimizer.epsilon > 0 && optimizer.epsilon.isFinite, .epsilon, "a positive number")
    try check(
      highestLearningRate > 0 && highestLearningRate.isFinite, .learningRate,
      "a positive number")
    try check(
      optimizer.sparseLearningRate.map { $0 > 0 && $0.isFinite } ?? true, .sparseLearningRate,
      "a positive number")
    try check(0...most ~= schedule.headSteps, .headSteps, "from 0 to \(most)")
    try check(
      schedule.headSteps == 0 || trainedScope != .mlp, .headSteps,
      "0 where the head does not train (\(TrainableScope.mlp.rawValue))")
    try check(
      optimizer.weightDecay >= 0 && optimizer.weightDecay.isFinite, .weightDecay, "0 or more")
    try check(
      optimizer.maximumGradientNorm.map { $0 > 0 && $0.isFinite } ?? true, .maximumGradientNorm,
      "a positive number, or 0 for none")
    try check(
      optimizer.dropout.map { (0..<1).contains($0) } ?? true, .dropout, "0 or more, below 1")
    try check(data.maximumLength.map { $0 >= 3 } ?? true, .maximumLength, "at least 3")
    try check(run.patience.map { $0 >= 1 } ?? true, .patience, "at least 1")
    try check(run.logInterval >= 1, .logInterval, "at least 1")
    try check(run.saveInterval.map { $0 >= 1 } ?? true, .saveInterval, "at least 1")
    switch run.evaluation {
    case .steps(let count), .epochs(let count):
      try check(count >= 1, .evaluation, "at least 1")
    }
    switch schedule.warmUp {
    case .ratio(let ratio): try check((0...1).contains(ratio), .warmUpRatio, "from 0 to 1")
    case .steps(let count): try check(count >= 0, .warmUpSteps, "0 or more")
    }
    try method.validate()
    if case .sparseGrad(let settings) = method {
      try check(
        settings.zeroThreshold == nil || run.precision != .bfloat16, .zeroThreshold,
        "to be used with \(Setting.precision) float32")
    }
  }

  /// Checks whether a basis that was found before can take the place of the preliminary phase.
  /// - Throws: `InputError` naming `basis` when it cannot.
  public func validateGivenBasis() throws {
    guard case .sparseGrad(let settings) = method, settings.needsBasis else {
      throw InputError(.basis, "the method has no basis, expected \(Setting.method) sparsegrad")
    }
    guard settings.preliminary == .frozen else {
      throw InputError(
        .basis,
        "takes the place of the steps that \(Setting.preliminary) trained would keep, expected frozen"
      )
    }
  }

  /// The metric that chooses the best checkpoint of a task, if one is set.
  /// - Throws: `InputError` when the one that is set is not measured there.
  public func bestMetric(for kind: TaskKind) throws -> Metric? {
    guard let metric = run.metric else { return nil }
    guard metric == .loss || kind.metrics.contains(metric) else {
      let known = (kind.metrics + [.loss]).map(\.rawValue).joined(separator: ", ")
      throw InputError(
        .metric,
        "\(metric.rawValue) is not measured in a \(kind.rawValue), expected \(known)")
    }
    return metric
  }
}

import Checkpoints
import Compute
import Datasets
import Foundation
import Layers
import Methods
import Metrics
import Models
import Support
import Tokenizers

/// Fine-tunes the model of a Hugging Face folder on labelled text and writes a folder that `transformers`
/// loads: the whole job of `sparsegrad finetune`.
///
///     let result = try FineTuning(
///       model: URL(fileURLWithPath: "MiniLM-L6"), training: train, validation: held, output: out
///     ).run()
public struct FineTuning {
  /// What to do with an output folder in which a run was begun before.
  public enum Start: Sendable {
    /// It is an error, so that no work is lost by accident.
    case fresh
    /// Its checkpoints are removed.
    case overwriting
    /// It goes on from its last checkpoint, or from the beginning if it has none.
    case resuming
  }

  /// The folder of the model to start from.
  public var model: URL
  /// What is learnt.
  public var task = TextTask.files(.classification)
  /// The data to learn from.
  public var training: Dataset
  /// The data that decides which checkpoint is best, if any.
  public var validation: Dataset?
  /// The folder to write.
  public var output: URL
  /// How to train.
  public var settings = TrainingSettings()
  /// A basis found before (`Basis.write(to:)`), instead of a preliminary phase.
  public var basis: URL?
  /// What to do with a run begun before.
  public var start = Start.fresh
  /// Whether the validation data is also evaluated before the first step.
  public var evaluatesFirst = false
  /// How many threads compute; all processors unless given.
  public var threads: Int?

  /// A job with default settings.
  public init(
    model: URL, task: TextTask = .files(.classification), training: Dataset,
    validation: Dataset? = nil, output: URL
  ) {
    self.model = model
    self.task = task
    self.training = training
    self.validation = validation
    self.output = output
  }

  /// Trains, and writes model, log and figures.
  /// - Parameter watch: is told of everything that happens, and may stop the run after a step.
  /// - Throws: `InputError` for everything that cannot be used as it is, `TrainingInterrupted` when `watch`
  ///   stopped the run.
  public func run(
    _ watch: @escaping (TrainingEvent) -> TrainingDisposition = { _ in .continue }
  ) throws -> RunFigures {
    try settings.validate()
    let metric = try chooseMetric()
    let source = try ModelFolder(model)
    let head = try chooseHead(source)
    let engine = try Engine(precision: settings.precision, threads: threads)
    let model = try source.sequenceClassifier(
      head: head, dropout: settings.dropout, seed: settings.seed, engine)
    if !model.newlyInitialized.isEmpty {
      _ = watch(.notice("newly initialised: \(model.newlyInitialized.joined(separator: ", "))"))
    }
    let encoder = try TextEncoder(source, model, settings.maximumLength)
    let train = try encoder.encode(training, head) { _ = watch(.notice($0)) }
    let held = try validation.map { try encoder.encode($0, head) { _ = watch(.notice($0)) } }

    let folder = try RunFolder(output)
    let fingerprint = try Fingerprint(of: source.checkpoint())
    let fresh = RunState(
      settings: settings, model: fingerprint.description, data: try train.fingerprint().description)
    let state = try begin(folder, fresh)

    let before =
      evaluatesFirst && state.step == 0 ? held.map { Evaluator(model, engine).evaluate($0) } : nil
    if let before {
      let record = EvaluationRecord(step: 0, epoch: 0, metrics: before, isBest: false)
      _ = watch(.evaluated(record))
    }
    let clock = ContinuousClock.now
    let basis = try PreliminaryPhase(settings, engine).basis(
      model, train, fingerprint, given: self.basis, kept: folder.basis, watch)
    let preliminary = (ContinuousClock.now - clock) / .seconds(1)
    let trainables = try model.train(
      settings.method, scope: settings.scope, basis: basis, accumulation: settings.accumulation,
      engine)
    if state.step > 0 { try folder.restore(state.step, model, trainables, engine) }

    let run = try TrainingRun(
      model, trainables, training: train, validation: held, settings, metric: metric,
      tokenizer: source, folder, state, engine, watch: watch)
    let counts = (trainables.reduce(0) { $0 + $1.trainableCount }, selected(model, trainables))
    try run.run { total, perEpoch in
      TrainingPlan(
        totalSteps: total, stepsPerEpoch: perEpoch, completedSteps: state.step,
        trainableParameters: counts.0, selectedPerMLPLayer: counts.1)
    }

    let kept = run.state.bestStep ?? run.state.step
    let metrics = try metricsOfKept(run, held, folder, head, engine)
    let figures = RunFigures(
      task: task.name, method: settings.method.name, metric: held == nil ? nil : metric.rawValue,
      score: metrics?[metric], metrics: metrics?.byName ?? [:], before: before?.byName,
      majority_share: validation.flatMap(majorityShare), seed: settings.seed,
      steps: run.state.step, best_step: kept, epochs: run.epochs, training_loss: run.lastLoss,
      trainable_parameters: counts.0, selected_per_mlp_layer: counts.1,
      tokens_per_second: Double(run.state.tokens) / run.state.seconds,
      steps_per_second: Double(run.state.step) / run.state.seconds,
      training_seconds: run.state.seconds, preliminary_seconds: preliminary,
      peak_memory: engine.ledger.peaksByName, peak_process_memory: peakProcessMemory())
    try folder.publish(kept, figures)
    return figures
  }

  private func chooseMetric() throws -> Metric {
    let known = task.kind.metrics + [.loss]
    let metric = settings.metric ?? task.metrics[0]
    guard known.contains(metric) else {
      let names = known.map(\.rawValue).joined(separator: ", ")
      throw InputError(
        "--metric",
        "\(metric.rawValue) does not measure \(task.kind.rawValue), expected one of \(names)")
    }
    return metric
  }

  private func begin(_ folder: RunFolder, _ fresh: RunState) throws -> RunState {
    switch start {
    case .resuming:
      guard let saved = try folder.latest() else {
        folder.removeCheckpoints()
        return fresh
      }
      try saved.check(continues: fresh, in: folder.url)
      return saved
    case .overwriting:
      folder.removeCheckpoints()
      return fresh
    case .fresh:
      guard folder.checkpoints().isEmpty else {
        throw InputError(
          folder.url.path,
          "holds checkpoints of an unfinished run: --resume continues it, --overwrite starts anew")
      }
      folder.removeCheckpoints()
      return fresh
    }
  }

  /// A head that the model already has is kept if it knows the data's labels; else there is a new one.
  private func chooseHead(_ source: ModelFolder) throws -> HeadConfiguration {
    guard task.kind == .classification else { return .regression }
    guard let labels = training.labels else {
      throw InputError(training.source, "has no labels, expected a column of them")
    }
    if try source.checkpoint()["classifier.weight"] != nil,
      case .classification(let known)? = try HeadConfiguration(source.configuration())
    {
      let set = try LabelSet(known, source: source.url.path)
      if (try? training.relabelled(as: set)) != nil { return .classification(labels: known) }
    }
    return .classification(labels: labels.names)
  }

  /// The best evaluation may have happened before this process resumed the run.
  private func metricsOfKept(
    _ run: TrainingRun, _ held: EncodedDataset?, _ folder: RunFolder, _ head: HeadConfiguration,
    _ engine: Engine
  ) throws -> MetricValues? {
    guard let held, let step = run.state.bestStep else { return nil }
    if let metrics = run.bestMetrics { return metrics }
    let best = try ModelFolder(folder.checkpoint(step)).sequenceClassifier(head: head, engine)
    return Evaluator(best, engine).evaluate(held)
  }

  private func selected(_ model: any SequenceClassifier, _ trainables: [any Trainable]) -> Int {
    let weight = model.linears.first { $0.role.isMLP }?.linear.weight.name
    return trainables.first { $0.name == weight }?.trainableCount ?? 0
  }

  private func majorityShare(_ data: Dataset) -> Double? {
    guard data.labels != nil else { return nil }
    let counts = data.examples.reduce(into: [Target: Int]()) { counts, example in
      if let target = example.target { counts[target, default: 0] += 1 }
    }
    return counts.values.max().map { Double($0) / Double(data.examples.count) }
  }
}

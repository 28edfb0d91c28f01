import Adapters
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
import Tokenizers
import Weights

/// Fine-tunes the model of a Hugging Face folder on labelled text and writes a folder that `transformers`
/// loads: the whole job of `sparsegrad finetune`.
///
///     let result = try FineTuning(
///       model: URL(fileURLWithPath: "MiniLM-L6"), training: train, validation: held, output: out
///     ).run()
public struct FineTuning: Sendable {
  /// What to do with an output folder in which a run was begun before.
  public enum Start: Sendable {
    /// It is an error, so that no work is lost by accident.
    case fresh
    /// Its checkpoints are removed.
    case overwriting
    /// It goes on from its last checkpoint, or from the beginning if it has none.
    case resuming
  }

  /// What becomes of checkpoints.
  public enum CheckpointRetention: Sendable {
    /// They stay, so that the run can be made longer.
    case kept
    /// They are removed.
    case removed
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
  /// The folder of an adapter of the model, from which training goes on. LoRA's factors train on if the method is LoRA,
  /// whose settings are then the adapter's; whatever else an adapter changes is changed before the first step.
  public var adapter: URL?
  /// A basis found before (`Basis.write(to:)`), instead of a preliminary phase.
  public var basis: URL?
  /// What to do with a run begun before.
  public var start = Start.fresh
  /// What becomes of the last checkpoint, and of the best, when the run has ended.
  public var checkpoints = CheckpointRetention.kept
  /// Whether the validation data is also evaluated before the first step.
  public var evaluatesFirst = false
  /// How many threads compute; all processors unless given.
  public var threads: Int?
  /// The words of the command that asks for the run, which its figures keep.
  public var command: [String]?

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

  /// Trains, and writes model, log and figures. Resuming a run that has ended returns its figures.
  ///
  /// It computes on the thread that calls it until it is done. Inside of a `Task`, cancelling that stops it after a step, as
  /// `watch` may; see also `events`.
  /// - Parameter watch: is told of everything that happens, and may stop the run after a step. What it throws ends the run,
  ///   with a checkpoint of the last step.
  /// - Throws: `InputError` for everything that cannot be used as it is, `TrainingInterrupted` when `watch` or a
  ///   cancelled task stopped the run, `TrainingDiverged` when its numbers are not finite any more.
  public func run(
    _ watch: @escaping (TrainingEvent) throws -> TrainingDisposition = { _ in .continue }
  ) throws -> RunReport {
    let report = try train(watch)
    _ = try watch(.finished(report))
    return report
  }

  private func train(_ watch: @escaping (TrainingEvent) throws -> TrainingDisposition) throws
    -> RunReport
  {
    try settings.validate()
    try settings.loss?.validate(for: task.kind)
    if task.kind.problem == .nextToken, settings != settings.forLanguageModel {
      var job = self
      job.settings = settings.forLanguageModel
      return try job.train(watch)
    }
    if basis != nil { try settings.validateGivenBasis() }
    guard settings.precision != nil else {
      var job = self
      let begun = start == .resuming ? RunFolder.precision(ofRunIn: output) : nil
      let precision = try settings.trainedPrecision(of: model, begun: begun)
      job.settings.precision = precision
      _ = try watch(.notice("precision: \(precision.rawValue)"))
      return try job.train(watch)
    }
    let adapter = try adapter.map { try Adapter(folder: $0) }
    if let method = try adapter?.continued(settings.method), method != settings.method {
      var job = self
      job.settings.method = method
      return try job.train(watch)
    }
    let metric = try settings.bestMetric(for: task.kind) ?? task.metrics[0]
    let ready = try prepare(adapter, watch)
    try settings.trainedLayers.validate(in: ready.model)
    try ready.model.validate(settings.method, settings.trainedLayers)
    let fresh = try newState(ready)
    let folder = try outputFolder()
    let total = StepSequence(ready.training, settings).total
    if start == .resuming, let figures = try folder.figures() {
      let finished = try folder.finished()
      try finished?.check(continues: fresh, .any, in: folder.url)
      guard let finished, finished.step < total, !finished.isFinished || !isAsLong(finished) else {
        try finished?.check(continues: fresh, .same, in: folder.url)
        folder.tidy(after: finished)
        _ = try watch(.notice("\(output.path): the run has ended, there is nothing to resume"))
        return figures
      }
      guard folder.checkpoints().contains(finished.step) else {
        throw InputError(
          folder.url.path,
          "has no checkpoint of step \(finished.step), from which the run that ended there could go on"
        )
      }
    }
    var state = try begin(folder, fresh, total, watch)
    let trained = try makeTrainable(ready, folder, &state, metric, watch)
    ready.engine.ledger.resetPeaks()  // the figures are those of training
    let run = try TrainingRun(
      ready.model, ready.objective, trained, training: ready.training, validation: ready.validation,
      settings,
      metric: metric, folder, state, ready.engine, watch: watch)
    let counts = TrainedCounts(trained, in: ready.model)
    try run.run { total, perEpoch in
      TrainingPlan(
        totalSteps: total, stepsPerEpoch: perEpoch, completedSteps: state.step, trained: counts)
    }

    state = run.state
    let kept = state.bestStep ?? state.step
    // Of the run, not of making an adapter of it.
    let memory = ready.engine.ledger.peaksByName
    try folder.check(kept)
    if kept != state.step { try folder.restore(kept, ready.model, trained, ready.engine) }
    let published = try publishedWithAdapter(kept, ready, trained, folder)
    let (metrics, classes, mistakes) = metricsOfKept(state, ready, published)
    let figures = RunReport(
      task: task.name, method: settings.method.name,
      metric: validation == nil ? nil : metric.rawValue,
      score: metrics[metric.rawValue], metrics: metrics, classes: classes, before: state.before,
      majorityShare: validation.flatMap(majorityShare), command: command, seed: settings.seed,
      steps: state.step, bestStep: kept, epochs: run.epochs, trainingLoss: state.loss,
      trainableParameters: counts.total, trainableByPart: counts.byName,
      selectedPerMLPLayer: counts.perMLPWeight,
      tokensPerSecond: Double(state.tokens) / state.seconds,
      stepsPerSecond: Double(state.step) / state.seconds,
      trainingSeconds: state.seconds, preliminarySeconds: state.preliminarySeconds,
      peakMemory: memory, peakProcessMemory: peakProcessMemory(), save: settings.save)
    let outcome = RunOutcome(
      figures: figures, state: state,
      mistakes: mistakes.flatMap { mistakes in
        validation.map { data in
          mistakes.compactMap { MistakeRecord($0, in: data, labels: ready.head.labels) }
        }
      })
    if settings.save == .adapter {
      try folder.publishAdapter(outcome)
    } else {
      try folder.publish(
        published ?? ready.model, tokenizer: ready.source, outcome, ready.engine)
    }
    return figures
  }

  /// What comes before the first step, or is taken from the checkpoint of a resumed run.
  private func makeTrainable(
    _ ready: PreparedRun, _ folder: RunFolder, _ state: inout RunState, _ metric: Metric,
    _ watch: @escaping (TrainingEvent) throws -> TrainingDisposition
  ) throws -> TrainedParameters {
    let (model, engine) = (ready.model, ready.engine)
    let continuesFactors = try ready.adapter?.continued(settings.method) != nil
    if !continuesFactors { try evaluateFirst(ready, &state, metric, watch) }
    let clock = ContinuousClock.now
    try HeadPhase(settings: settings, loss: ready.objective.loss, engine: engine)
      .train(model, ready.training, watch)
    let basis = try PreliminaryPhase(settings, loss: ready.objective.loss, engine).basis(
      model, ready.training, ready.fingerprint, given: self.basis, kept: folder.basis,
      configuration: state.configuration ?? "", watch)
    state.preliminarySeconds += (ContinuousClock.now - clock) / .seconds(1)
    let trained = try model.train(
      settings.method, on: settings.trainedLayers, scope: settings.trainedScope, basis: basis,
      accumulation: settings.accumulation, seed: settings.seed,
      record: adapter == nil ? settings.changeRecord : .none,
      engine)
    if continuesFactors {
      try ready.adapter?.copyFactors(to: trained, engine)
      try evaluateFirst(ready, &state, metric, watch)
    }
    if state.step > 0 { try folder.restore(state.step, model, trained, engine) }
    return trained
  }

  /// Measures the model before the first step, where that is asked for.
  private func evaluateFirst(
    _ ready: PreparedRun, _ state: inout RunState, _ metric: Metric,
    _ watch: (TrainingEvent) throws -> TrainingDisposition
  ) throws {
    guard evaluatesFirst, state.step == 0, let held = ready.validation else { return }
    let metrics = Evaluator(ready.model, ready.engine).evaluate(held, ready.objective)
    state.before = metrics.byName
    _ = try watch(
      .evaluated(
        EvaluationRecord(step: 0, epoch: 0, metrics: metrics, metric: metric, isBest: false)))
  }

  /// The state of a run that has not begun.
  private func newState(_ ready: PreparedRun) throws -> RunState {
    var settings = settings.resolved
    settings.inputs = TrainedInputs(training)
    var state = RunState(
      settings: settings, model: ready.fingerprint.description, path: model.path,
      training: try ready.training.fingerprint().description)
    state.validation = try ready.validation?.fingerprint().description
    state.basis = try basis.map { try Fingerprint(of: Checkpoint(file: $0)).description }
    state.configuration = try digest(of: ready.model.configuration)
    return state
  }

  private func digest(of configuration: ConfigurationFile) throws -> String {
    let hash = try SHA256()
    try hash.update(JSONValue.object(configuration.object).text(.compact))
    return try hash.finish()
  }

  /// Whether a run that has ended was given the length of this one.
  private func isAsLong(_ finished: RunState) -> Bool {
    finished.settings.epochs == settings.epochs
      && finished.settings.maximumSteps == settings.maximumSteps
  }

  private func outputFolder() throws -> RunFolder {
    let (target, source) = (
      output.resolvingSymlinksInPath().path, model.resolvingSymlinksInPath().path
    )
    guard target != source, !source.hasPrefix(target + "/") else {
      throw InputError(
        output.path, "holds the model to start from, expected another folder to write")
    }
    return try RunFolder(output, checkpoints == .kept ? .checkpointsStay : .checkpointsGo)
  }

  private func begin(
    _ folder: RunFolder, _ fresh: RunState, _ total: Int,
    _ watch: (TrainingEvent) throws -> TrainingDisposition
  ) throws -> RunState {
    switch start {
    case .resuming:
      if var saved = try folder.latest() {
        try saved.check(continues: fresh, .any, in: folder.url)
        guard saved.step <= total else {
          throw InputError(
            folder.url.path, "has taken \(saved.step) steps, more than the \(total) that are wanted"
          )
        }
        if !isAsLong(saved) {
          saved.isFinished = false
          _ = try watch(
            .notice("the run goes on from step \(saved.step) as one of \(total) steps"))
        }
        saved.settings = fresh.settings
        folder.reopen()
        return saved
      }
      if FileManager.default.fileExists(atPath: folder.log.path) {
        _ = try watch(
          .notice("\(output.path): holds no checkpoint, training begins at the first step"))
      }
    case .overwriting: break
    case .fresh:
      guard try folder.figures() == nil else {
        throw InputError(
          folder.url.path, "holds a finished run, \(Setting.overwriting) replaces it")
      }
      guard folder.checkpoints().isEmpty else {
        throw InputError(
          folder.url.path,
          "holds checkpoints of an unfinished run: \(Setting.resuming) continues it, \(Setting.overwriting) starts anew"
        )
      }
      guard !folder.isBeingOverwritten else {
        throw InputError(
          folder.url.path,
          "holds a finished run whose replacement was interrupted: \(Setting.overwriting) replaces it"
        )
      }
      guard settings.save == .adapter || !folder.holdsOtherModel else {
        throw InputError(folder.url.path, "holds a model, \(Setting.overwriting) replaces it")
      }
    }
    folder.clear()
    return fresh
  }

  /// Writes the adapter, if one is wanted, and returns the model that it makes of the base.
  private func publishedWithAdapter(
    _ step: Int, _ ready: PreparedRun, _ trained: TrainedParameters, _ folder: RunFolder
  ) throws
    -> (any TransformerModel)?
  {
    guard settings.save != .model else { return nil }
    return try AdapterPublication(
      base: ready.source, fingerprint: ready.baseFingerprint, head: ready.choice,
      settings: settings, followsAdapter: adapter != nil, engine: ready.engine
    ).publish(
      ready.model, trained, state: folder.state(of: step), to: folder.stagedAdapter)
  }

  /// Those of the best evaluation, which may have been before this process resumed the run; or those of the model
  /// that base and adapter make, which is not quite the one that was evaluated.
  private func metricsOfKept(
    _ state: RunState, _ ready: PreparedRun, _ published: (any TransformerModel)?
  ) -> (metrics: [String: Double], classes: ClassReport?, mistakes: [Mistake]?) {
    guard let held = ready.validation, state.bestStep != nil else { return ([:], nil, nil) }
    guard let published else {
      return (state.bestMetrics ?? [:], state.bestClasses, state.bestMistakes)
    }
    let evaluation = Evaluator(published, ready.engine).evaluation(of: held, ready.objective)
    return (evaluation.metrics.byName, evaluation.classes, evaluation.mistakes)
  }

  private func majorityShare(_ data: Dataset) -> Double? {
    guard data.labels != nil else { return nil }
    let counts = data.examples.reduce(into: [Target: Int]()) { counts, example in
      if let target = example.target { counts[target, default: 0] += 1 }
    }
    return counts.values.max().map { Double($0) / Double(data.examples.count) }
  }
}

import Compute
import Foundation
import Inference
import Methods
import Metrics
import Models
import Support
import Tasks
import Weights

/// The training loop: steps, evaluations, checkpoints, early stopping. A run that is resumed takes the very
/// steps it would have taken.
final class TrainingRun {
  private let model: any TransformerModel
  private let objective: any Objective
  private let trained: TrainedParameters
  private let training: EncodedDataset
  private let validation: EncodedDataset?
  private let settings: TrainingSettings
  private let metric: Metric
  private let folder: RunFolder
  private let engine: Engine
  private let watch: (TrainingEvent) throws -> TrainingDisposition

  private let stepper: Stepper
  private let schedule: LearningRateSchedule
  private var steps: StepSequence
  private let log: RunLog
  private let tensorBoard: TensorBoardLog
  private var savedStep: Int?
  private(set) var state: RunState

  init(
    _ model: any TransformerModel, _ objective: any Objective, _ trained: TrainedParameters,
    training: EncodedDataset,
    validation: EncodedDataset?, _ settings: TrainingSettings, metric: Metric,
    _ folder: RunFolder, _ state: RunState, _ engine: Engine,
    watch: @escaping (TrainingEvent) throws -> TrainingDisposition
  ) throws {
    self.model = model
    self.objective = objective
    self.trained = trained
    self.training = training
    self.validation = validation
    self.settings = settings
    self.metric = metric
    self.folder = folder
    self.state = state
    savedStep = state.step > 0 ? state.step : nil
    self.engine = engine
    self.watch = watch
    stepper = Stepper(model, trained, loss: objective.loss, settings, engine)
    steps = StepSequence(training, settings)
    schedule = LearningRateSchedule(settings, steps: steps.total)
    log = try RunLog(folder.log, after: state.step)
    tensorBoard = try TensorBoardLog(
      folder.tensorBoard, after: state.step, of: settings, engine.ledger)
    if let before = state.before, state.step == 0 {
      try tensorBoard.write(validation: before, step: 0)
    }
  }

  var epochs: Double { steps.epoch(after: state.step) }

  /// Trains to the end.
  /// - Throws: `TrainingInterrupted` when the watcher wants to stop, `TrainingDiverged` when the loss is not
  ///   finite, `InputError` when a file cannot be written. The last checkpoint stays in all cases.
  func run(_ plan: (_ total: Int, _ perEpoch: Int) -> TrainingPlan) throws {
    var disposition = try watch(.started(plan(steps.total, steps.stepsPerEpoch)))
    while state.step < steps.total, !state.isFinished {
      if disposition == .stop || Task.isCancelled {
        try save()
        throw TrainingInterrupted.afterStep(state.step, of: steps.total, folder: folder.url)
      }
      disposition = try step()
    }
    try save()
  }

  private func step() throws -> TrainingDisposition {
    try folder.checkPresent()
    let started = ContinuousClock.now
    let rate = schedule.rate(at: state.step)
    let batches = steps.batches(of: state.step)
    let report = try stepper.step(batches, of: training, number: state.step, learningRate: rate)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    state.seconds += seconds
    state.step += 1
    state.tokens += report.tokens
    state.loss = report.loss

    let record = StepRecord(
      step: state.step, epoch: epochs, loss: report.loss, gradientNorm: report.gradientNorm,
      learningRate: rate, tokens: report.tokens, seconds: seconds,
      tokensPerSecond: Double(state.tokens) / state.seconds,
      secondsLeft: state.seconds / Double(state.step) * Double(steps.total - state.step))
    if state.step.isMultiple(of: settings.logInterval) || state.step == steps.total {
      try log.write(record)
      try tensorBoard.write(record)
    }
    let disposition: TrainingDisposition
    do {
      disposition = try watch(.step(record))
    } catch {
      // What the watcher could not do is no reason to lose steps.
      try save()
      throw error
    }

    if evaluationIsDue {
      try evaluate()
      try save()
    } else if settings.saveInterval.map({ state.step.isMultiple(of: $0) }) ?? false {
      try save()
    }
    return disposition
  }

  private var evaluationIsDue: Bool {
    if state.step == steps.total { return true }
    switch settings.evaluation {
    case .steps(let count): return state.step.isMultiple(of: count)
    case .epochs(let count):
      return steps.epochs(endingAfter: state.step).map { $0.isMultiple(of: count) } ?? false
    }
  }

  private func evaluate() throws {
    guard let validation else { return }
    let evaluation = Evaluator(model, engine).evaluation(of: validation, objective)
    let values = evaluation.metrics
    guard let value = values[metric], values[.loss]?.isFinite ?? false else {
      throw TrainingDiverged(step: state.step, problem: "the validation loss is not finite")
    }
    let isBest = state.bestValue.map { metric.prefers(value, over: $0) } ?? true
    if isBest {
      (state.bestStep, state.bestValue) = (state.step, value)
      state.evaluationsWithoutImprovement = 0
      state.bestMetrics = values.byName
      state.bestClasses = evaluation.classes
      state.bestMistakes = evaluation.mistakes
    } else {
      state.evaluationsWithoutImprovement += 1
    }
    if let patience = settings.patience, state.evaluationsWithoutImprovement >= patience {
      state.isFinished = true
    }
    let record = EvaluationRecord(
      step: state.step, epoch: epochs, metrics: values, metric: metric, isBest: isBest)
    try log.write(record)
    try tensorBoard.write(validation: values.byName, step: state.step)
    _ = try watch(.evaluated(record))
  }

  private func save() throws {
    // The loss that an update leads to has not been seen yet.
    for trainable in trained.all where !trainable.isFinite(engine) {
      throw TrainingDiverged(step: state.step, problem: "\(trainable.name) is not finite")
    }
    guard savedStep != state.step else { return }
    savedStep = state.step
    try folder.save(state, model, trained, engine)
    _ = try watch(.saved(step: state.step))
  }
}

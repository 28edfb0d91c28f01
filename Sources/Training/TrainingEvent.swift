import Metrics
import Support

/// What happens in a training run, for whoever watches it.
public enum TrainingEvent: Sendable {
  /// Something a user should know, in a sentence.
  case notice(String)
  /// So many of the steps are done in which the head trains alone; 0 before the first.
  case head(step: Int, of: Int)
  /// So many batches of the preliminary phase are done; 0 before the first. The phase is expected to take so many
  /// seconds in all; nil where nobody has estimated it.
  case basis(step: Int, of: Int, expectedSeconds: Double? = nil)
  /// Training begins (or goes on) with these numbers.
  case started(TrainingPlan)
  /// A step is done.
  case step(StepRecord)
  /// The model has been evaluated on the validation data.
  case evaluated(EvaluationRecord)
  /// A checkpoint is on the disk.
  case saved(step: Int)
  /// The run has ended, and this is what came of it.
  case finished(RunReport)
}

/// What a watcher wants next.
public enum TrainingDisposition: Sendable {
  /// Training goes on.
  case `continue`
  /// Training ends after this step, with a checkpoint.
  case stop
}

/// The numbers of a run.
public struct TrainingPlan: Sendable {
  /// Steps in all.
  public let totalSteps: Int
  /// Steps of an epoch.
  public let stepsPerEpoch: Int
  /// The step that was reached before, in a resumed run.
  public let completedSteps: Int
  /// How many numbers a step changes, and of what.
  public let trained: TrainedCounts
}

/// One step.
public struct StepRecord: Sendable {
  /// Counted from 1.
  public let step: Int
  /// Passes over the data so far.
  public let epoch: Double
  /// The mean loss of the step's examples.
  public let loss: Double
  /// The norm of the gradient before clipping.
  public let gradientNorm: Double
  /// The rate of this step.
  public let learningRate: Double
  /// Tokens in this step.
  public let tokens: Int
  /// How long this step took.
  public let seconds: Double
  /// Tokens per second of training so far.
  public let tokensPerSecond: Double
  /// Seconds of training left, at this speed.
  public let secondsLeft: Double
}

/// One evaluation.
public struct EvaluationRecord: Sendable {
  /// The steps done.
  public let step: Int
  /// Passes over the data so far.
  public let epoch: Double
  /// All metrics.
  public let metrics: MetricValues
  /// The one that chooses the best checkpoint.
  public let metric: Metric
  /// Whether it is the best so far.
  public let isBest: Bool
}

import Support

/// A run whose numbers are not finite any more. Its last checkpoint is from before.
public struct TrainingDiverged: TrainingFailure {
  /// The step that did it, counted from 1.
  public let step: Int
  /// What is not finite.
  public let problem: String

  /// A sentence for the user.
  public var description: String {
    "step \(step): \(problem): a lower \(Setting.learningRate) may help"
  }
}

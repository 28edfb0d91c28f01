import Foundation
import Support

/// A run that has ended without a result, with a sentence that says why.
public protocol TrainingFailure: Error, CustomStringConvertible {}

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

/// A run that was stopped by its watcher.
public enum TrainingInterrupted: TrainingFailure {
  /// While the basis was sought: nothing is on the disk yet.
  case inPreliminaryPhase
  /// `folder` holds a checkpoint.
  case afterStep(Int, of: Int, folder: URL)

  /// A sentence for the user.
  public var description: String {
    switch self {
    case .inPreliminaryPhase:
      "interrupted in the preliminary phase, before the first step; there is nothing to go on from"
    case .afterStep(let step, let total, let folder):
      "interrupted after step \(step) of \(total); \(folder.path) holds a checkpoint, "
        + "\(Setting.resuming) goes on from it"
    }
  }
}

import Foundation
import Support

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

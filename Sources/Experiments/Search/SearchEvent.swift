/// What happens in a search, for whoever watches it.
public enum SearchEvent: Sendable {
  /// A trial that a process which has ended left unfinished is told as failed.
  case abandoned(OptunaTrial)
  /// A trial begins.
  case started(OptunaTrial)
  /// A trial has ended, here or in a process that has ended before telling it; `best` is the study's best so far.
  case finished(OptunaTrial, TrialOutcome, best: OptunaTrial?)
}

/// What a search has found.
public struct SearchResult: Sendable {
  /// The best trial.
  public let best: OptunaTrial
  /// How many trials of the study are complete.
  public let complete: Int
  /// How many trials of the study still run in other processes, as far as the study knows.
  public let runningElsewhere: Int
}

/// A search that was stopped by its watcher. Its trials that ran are told as failed.
public struct SearchInterrupted: Error, CustomStringConvertible {
  /// How many trials are complete, of how many.
  public let complete: Int, wanted: Int

  /// A sentence for the user.
  public var description: String {
    "interrupted with \(complete) of \(wanted) trials complete; the same command goes on"
  }
}

import Foundation

/// What came of a trial.
public enum TrialOutcome: Equatable, Sendable {
  /// The objective's value, a finite number.
  case value(Double)
  /// The trial has failed, for this reason.
  case failure(String)
}

/// A trial that has been started.
public protocol TrialRun {
  /// What came of it; nil while it runs.
  var outcome: TrialOutcome? { get }

  /// Ends it at once; its result is not wanted any more.
  func stop()
}

/// Starts trials.
public protocol TrialRunner {
  /// The run of one trial.
  associatedtype Run: TrialRun

  /// Starts a trial.
  /// - Parameters:
  ///   - parameters: values by flag.
  ///   - folder: a folder for everything that the trial writes; only `trial.json` is in it.
  /// - Throws: an error that any other trial would meet, too.
  func start(_ parameters: [String: String], in folder: URL) throws -> Run

  /// The value of a trial that has finished, although the process that ran it has ended before telling it; nil when
  /// its folder does not say so: then it has failed.
  func finishedValue(in folder: URL) -> Double?
}

extension TrialRunner {
  /// No folder says that its trial has finished.
  public func finishedValue(in folder: URL) -> Double? { nil }
}

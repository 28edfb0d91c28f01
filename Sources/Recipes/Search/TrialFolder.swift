import Foundation
import Support
import Training

/// The output folder of a trial: what `finetune` writes, `errors.txt` with its standard error, and while the trial
/// runs a lock that says so.
struct TrialFolder {
  /// What is kept of a trial that is not the best.
  private static let records: Set = ["metrics.json", "log.jsonl", "errors.txt"]

  let url: URL
  var errors: URL { url.appendingPathComponent("errors.txt") }
  private var lock: URL { url.appendingPathComponent(".running.lock") }

  var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

  /// Makes the folder; whoever holds the result runs the trial.
  /// - Throws: `InputError` when there is a folder already: of another study, then.
  func claim() throws -> FileLock {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    } catch {
      throw InputError(
        url.path, exists ? "is there already, expected another --output" : "cannot be created")
    }
    return try FileLock.waiting(for: lock)
  }

  /// Whether the process that ran this trial has ended before the trial.
  var isAbandoned: Bool { FileLock.ifAbandoned(lock) != nil }

  /// Removes the sign that the trial runs.
  func release() { try? FileManager.default.removeItem(at: lock) }

  /// Removes the model and whatever else is no record of the run.
  func removeModel() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    for name in names where !Self.records.contains(name) {
      try? FileManager.default.removeItem(at: url.appendingPathComponent(name))
    }
  }

  /// The score in `metrics.json`; nil when there is none.
  func score() -> Double? {
    let file = url.appendingPathComponent("metrics.json")
    guard let data = FileManager.default.contents(atPath: file.path) else { return nil }
    return try? JSONDecoder().decode(RunFigures.self, from: data).score
  }
}

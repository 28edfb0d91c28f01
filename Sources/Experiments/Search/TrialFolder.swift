import Foundation
import Support
import Training

/// The output folder of a trial: what `finetune` writes, `trial.json` with its flags, `errors.txt` with its standard error, and while the trial
/// runs a lock that says so.
struct TrialFolder {
  let url: URL
  var errors: URL { url.appendingPathComponent("errors.txt") }
  private var lock: URL { url.appendingPathComponent(".running.lock") }

  /// Makes the folder; whoever holds the result runs the trial.
  /// - Throws: `InputError` when there is a folder already: of another study, then.
  func claim() throws -> FileLock {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    } catch {
      let exists = FileManager.default.fileExists(atPath: url.path)
      throw InputError(
        url.path, exists ? "is there already, expected another --output" : "cannot be created")
    }
    guard let held = try FileLock.ifFree(lock) else {
      throw InputError(url.path, "is being written by another run")
    }
    return held
  }

  /// Notes what the trial runs with.
  func write(_ record: TrialRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicOutput.write(
      encoder.encode(record), to: url.appendingPathComponent(TrialRecord.fileName))
  }

  /// The process that runs a trial.
  enum Runner {
    /// It is there.
    case present
    /// It has ended before the trial.
    case gone
    /// The trial was not claimed, or is not running.
    case unknown
  }

  /// What the lock tells of the process that runs this trial.
  var runner: Runner {
    guard FileManager.default.fileExists(atPath: lock.path) else { return .unknown }
    return FileLock.ifAbandoned(lock) == nil ? .present : .gone
  }

  /// Removes the sign that the trial runs.
  func release() { try? FileManager.default.removeItem(at: lock) }

  /// Removes the model; figures, log and errors stay.
  func removeModel() {
    RunFolder.removeResult(in: url)
  }

  /// The score in `metrics.json`; nil when there is none.
  func score() -> Double? {
    let file = url.appendingPathComponent("metrics.json")
    guard let data = FileManager.default.contents(atPath: file.path) else { return nil }
    return try? JSONDecoder().decode(RunReport.self, from: data).score
  }
}

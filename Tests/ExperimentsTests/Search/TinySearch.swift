import Foundation
import SparseGrad
import TestSupport
import Testing

/// Tests that run the command with the real Optuna: one after another, because they share the processors.
@Suite(
  .serialized, .namesCommands,
  .enabled(if: Optuna.isInstalled, "Optuna is not installed (Scripts/setup.sh --search)"))
enum SearchRuns {}

/// A folder with all that a search needs.
struct TinySearch {
  let tiny: TinyCommand

  init() throws { tiny = try TinyCommand() }

  /// `sparsegrad search` for the learning rate of regular fine-tuning.
  func arguments(_ more: String...) -> [String] {
    arguments(output: "output", more)
  }

  func arguments(output: String, _ more: [String]) -> [String] {
    [
      "search", "--output", tiny.path(output), "--model", tiny.model.url.path, "--train-file",
      tiny.path("train.tsv"), "--validation-file", tiny.path("held.tsv"), "--method", "full",
      "--dropout", "0.1", "--log-every", "1", "--batch-size", "8",
    ] + more
  }

  func folder(_ trial: Int, output: String = "output") -> URL {
    tiny.folder(output).appendingPathComponent("trial-\(trial)")
  }

  /// The output folder's own storage.
  var storage: String { "sqlite:///" + tiny.path("output/study.db") }

  /// The names of all studies in the output folder's own storage.
  func studies() throws -> [String] {
    struct Study: Decodable { let name: String }
    let output = try Optuna.inTime(storage).run("study-names", ["--format=json"])
    return try JSONDecoder().decode([Study].self, from: output).map(\.name)
  }

  /// The states of all trials, by the output folder's own storage.
  func states() throws -> [String] { try Self.states(storage) }

  /// The states of all trials of a study.
  static func states(_ storage: String, study: String = "sparsegrad") throws -> [String] {
    struct Trial: Decodable { let state: String }
    let output = try Optuna.inTime(storage).run("trials", ["--study-name=\(study)", "-fjson"])
    return try JSONDecoder().decode([Trial].self, from: output).map(\.state)
  }

  /// Makes the training file so long that an epoch does not end while a test runs.
  func lengthenTraining() throws {
    try tiny.folder.write("train.tsv", TinyData.table(200_000))
  }

  /// Waits until a trial of this search takes steps, and returns the process that runs it.
  func process(of trial: Int, of search: Command) throws -> pid_t {
    let log = folder(trial).appendingPathComponent("log.jsonl").path
    var process: pid_t?
    try search.wait(for: "steps of trial \(trial)") {
      if FileManager.default.fileExists(atPath: log) { process = find(trial) }
      return process != nil
    }
    return try #require(process)
  }

  /// Whether the process ends in time.
  func ends(_ process: pid_t) -> Bool { Deadline.wait { kill(process, 0) != 0 } }

  private func find(_ trial: Int) -> pid_t? {
    let flag = "--output=\(folder(trial).path)"
    return URL(fileURLWithPath: "/proc").contents.compactMap { pid_t($0) }.first { process in
      let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
      return line.split(separator: 0).contains { String(decoding: $0, as: UTF8.self) == flag }
    }
  }
}

import Foundation
import Support

/// Runs trials as `sparsegrad finetune` in processes of their own, so that a crash is one failed trial.
public struct FinetuneRunner: TrialRunner {
  /// The arguments of a run with the given values, but for its output folder.
  private let arguments: @Sendable (_ parameters: [String: String]) -> [String]

  /// - Parameter arguments: the arguments of a run with the given values, but for `--output`.
  public init(arguments: @escaping @Sendable (_ parameters: [String: String]) -> [String]) {
    self.arguments = arguments
  }

  /// Starts `sparsegrad finetune`.
  /// - Throws: `InputError` when it cannot be run.
  public func start(_ parameters: [String: String], in folder: URL) throws -> FinetuneProcess {
    try FinetuneProcess(
      arguments(parameters) + ["--output=\(folder.path)", "--discard-checkpoints"],
      TrialFolder(url: folder))
  }

  /// The score in `metrics.json`, which a run writes last.
  public func finishedValue(in folder: URL) -> Double? {
    TrialFolder(url: folder).score().flatMap { $0.isFinite ? $0 : nil }
  }
}

/// A trial that runs as `sparsegrad finetune`.
public final class FinetuneProcess: TrialRun {
  /// The environment variable that holds the process id of a search: its trials end when it has.
  public static let searchVariable = "SPARSEGRAD_SEARCH"

  static var ownExecutable: URL {
    let link = "/proc/self/exe"
    let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link)
    return URL(fileURLWithPath: path ?? link)
  }

  private let process = Process()
  private let folder: TrialFolder

  init(_ arguments: [String], _ folder: TrialFolder) throws {
    self.folder = folder
    try AtomicOutput.write(Data(), to: folder.errors)
    process.executableURL = Self.ownExecutable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      [Self.searchVariable: String(getpid())]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    do {
      process.standardError = try FileHandle(forWritingTo: folder.errors)
      try process.run()
    } catch {
      throw InputError(
        Self.ownExecutable.path, "cannot be run: \(AtomicOutput.reason(error) ?? "\(error)")")
    }
  }

  /// The score, or the error message; nil while it runs.
  public var outcome: TrialOutcome? {
    guard !process.isRunning else { return nil }
    guard process.terminationReason == .exit else {
      return .failure("ended by signal \(process.terminationStatus)")
    }
    guard process.terminationStatus == 0 else { return .failure(reason) }
    guard let score = folder.score() else {
      return .failure("has no score, expected validation data")
    }
    return score.isFinite ? .value(score) : .failure("its score is \(score)")
  }

  /// Kills it.
  public func stop() { kill(process.processIdentifier, SIGKILL) }

  /// Its error message.
  private var reason: String {
    let text = FileManager.default.contents(atPath: folder.errors.path) ?? Data()
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    let message = lines.last { $0.hasPrefix("Error: ") }?.dropFirst("Error: ".count)
    return message.map(String.init) ?? "exit status \(process.terminationStatus)"
  }
}

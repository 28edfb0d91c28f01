import Foundation
import Support
import Training

/// What is kept of a run that has ended: the content of its `cell.json`.
public struct GLUECellRecord: Codable, Equatable, Sendable {
  /// Everything that decides a run's result.
  public struct Setup: Codable, Equatable, Sendable {
    /// The model's name, and the fingerprint of its tensors.
    public var model, fingerprint: String
    /// The task's name.
    public var task: String
    /// The method's name in tables.
    public var method: String
    /// The share of each MLP weight's elements that the method was to train.
    public var density: Double?
    /// How many examples there were.
    public var trainingExamples, validationExamples: Int
    /// How it was trained.
    public var settings: TrainingSettings

    private enum CodingKeys: String, CodingKey {
      case model, fingerprint, task, method, density, settings
      case trainingExamples = "training_examples"
      case validationExamples = "validation_examples"
    }
  }

  /// How it ended.
  public enum Outcome: Codable, Equatable, Sendable {
    /// With a model, its figures, and the metrics on MNLI's mismatched validation set.
    case finished(figures: RunFigures, mismatched: [String: Double]?)
    /// With numbers that are not finite.
    case diverged(message: String)
  }

  /// What was run.
  public var setup: Setup
  /// What came of it.
  public var outcome: Outcome
  /// Wall-clock seconds of the run, loading and evaluations included; of its last part, if it was interrupted.
  public var seconds: Double

  /// The figures, unless the run diverged.
  public var figures: RunFigures? {
    if case .finished(let figures, _) = outcome { figures } else { nil }
  }

  /// The value of the metric that chose the model, unless the run diverged.
  public var score: Double? { figures?.score }
}

/// The folder of one cell: what a run of `FineTuning` writes, and `cell.json` when it has ended.
struct GLUECellFolder {
  static let recordName = "cell.json"
  let url: URL

  private var file: URL { url.appendingPathComponent(Self.recordName) }

  /// The record, if the run has ended.
  /// - Throws: `InputError` when the file is something else.
  func record() throws -> GLUECellRecord? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      return try JSONDecoder().decode(GLUECellRecord.self, from: Data(contentsOf: file))
    } catch {
      throw InputError(file.path, "is not the record of a run: \(error.localizedDescription)")
    }
  }

  /// The record of a run of just this setup.
  /// - Throws: `InputError` saying in what the run that is there differs.
  func record(of setup: GLUECellRecord.Setup) throws -> GLUECellRecord? {
    guard let record = try record() else { return nil }
    guard let difference = record.setup.difference(from: setup) else { return record }
    throw InputError(
      file.path,
      "was run with another \(difference); take another --output, or remove the folder")
  }

  func write(_ record: GLUECellRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicOutput.write(encoder.encode(record) + [UInt8(ascii: "\n")], to: file)
  }

  /// Whether the trained model is still there.
  var hasModel: Bool {
    FileManager.default.fileExists(atPath: url.appendingPathComponent("config.json").path)
  }

  /// Removes model and checkpoints; the records and the log stay.
  func removeModel() {
    let kept = [Self.recordName, "metrics.json", "log.jsonl"]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    for name in names where !kept.contains(name) {
      AtomicOutput.remove(url.appendingPathComponent(name))
    }
  }
}

extension GLUECellRecord.Setup {
  /// The name of the first thing in which this setup differs from another; nil if they are the same run.
  fileprivate func difference(from other: Self) -> String? {
    // How often something is written down does not change what is computed.
    var (mine, theirs) = (settings, other.settings)
    (mine.logInterval, theirs.logInterval) = (1, 1)
    (mine.saveInterval, theirs.saveInterval) = (nil, nil)
    let checks: [(String, Bool)] = [
      ("model", fingerprint == other.fingerprint), ("task", task == other.task),
      ("method", method == other.method), ("density", density == other.density),
      ("number of training examples", trainingExamples == other.trainingExamples),
      ("number of validation examples", validationExamples == other.validationExamples),
      ("seed", mine.seed == theirs.seed), ("number of epochs", mine.epochs == theirs.epochs),
      ("--trainable", mine.scope == theirs.scope), ("batch size", mine.batch == theirs.batch),
      ("precision", mine.precision == theirs.precision), ("setting", mine == theirs),
    ]
    return checks.first { !$0.1 }?.0
  }
}

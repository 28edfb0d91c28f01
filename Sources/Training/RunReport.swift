import Compute
import Foundation
import Metrics
import Support

/// The figures of a finished run: the content of `metrics.json`.
public struct RunReport: Codable, Equatable, Sendable {
  /// The task's name.
  public var task: String
  /// `full`, `lora`, `sparsegrad` or `meprop`.
  public var method: String
  /// The name of the metric that chose the model, and its value for the model that was kept; nil without
  /// validation data.
  public var metric: String?
  /// See `metric`.
  public var score: Double?
  /// All metrics of the model that was kept.
  public var metrics: [String: Double]
  /// The metrics of each label or type of entities, and the confusion matrix; nil where answers are numbers, and in files
  /// of older versions.
  public var classes: ClassReport?
  /// All metrics before the first step, where that was asked for.
  public var before: [String: Double]?
  /// The share of the most frequent label in the validation data.
  public var majorityShare: Double?
  /// The words of the command that made the run; nil where the library did, and in files of older versions.
  public var command: [String]?
  /// The seed.
  public var seed: UInt64
  /// Steps taken, and after which of them the model was kept.
  public var steps: Int
  /// See `steps`.
  public var bestStep: Int
  /// Passes over the training data.
  public var epochs: Double
  /// The loss of the last step.
  public var trainingLoss: Double
  /// How many numbers a step changes.
  public var trainableParameters: Int
  /// The same by part of the model; nil in files of older versions.
  public var trainableByPart: [String: Int]?
  /// How many elements of each MLP weight train.
  public var selectedPerMLPLayer: Int
  /// Speed of the steps alone, without evaluations and checkpoints.
  public var tokensPerSecond: Double
  /// See `tokensPerSecond`.
  public var stepsPerSecond: Double
  /// Seconds spent in steps.
  public var trainingSeconds: Double
  /// Seconds of the preliminary phase.
  public var preliminarySeconds: Double
  /// The engine's memory in bytes while training: the peak of each kind, and of their sum as `total`.
  public var peakMemory: [String: Int]
  /// The peak of the process' resident memory, in bytes.
  public var peakProcessMemory: Int
  /// What the run has left beside its figures; nil in files of older versions.
  public var save: ResultKind?

  /// Checks numbers against what a run can have written, before anything is computed with them.
  /// - Throws: `InputError` naming the key.
  package func validate(_ file: URL) throws {
    func check(_ condition: Bool, _ key: String, _ expected: String) throws {
      guard condition else {
        throw InputError(file.path, at: "key \"\(key)\"", "is out of range, expected \(expected)")
      }
    }
    let counts = [
      ("steps", steps), ("best_step", bestStep), ("trainable_parameters", trainableParameters),
      ("selected_per_mlp_layer", selectedPerMLPLayer), ("peak_process_memory", peakProcessMemory),
    ]
    for (key, count) in counts + peakMemory.map({ ("peak_memory.\($0)", $1) }) {
      try check(0...1 << 53 ~= count, key, "from 0 to 2^53")
    }
    let sizes = [
      ("epochs", epochs), ("tokens_per_second", tokensPerSecond),
      ("steps_per_second", stepsPerSecond), ("training_seconds", trainingSeconds),
      ("preliminary_seconds", preliminarySeconds),
    ]
    for (key, size) in sizes { try check(0...1e15 ~= size, key, "from 0 to 1e15") }
    try check(majorityShare.map { 0...1 ~= $0 } ?? true, "majority_share", "from 0 to 1")
  }

  private enum CodingKeys: String, CodingKey {
    case task, method, metric, score, metrics, classes, before, command, seed, steps, epochs, save
    case majorityShare = "majority_share"
    case bestStep = "best_step"
    case trainingLoss = "training_loss"
    case trainableParameters = "trainable_parameters"
    case trainableByPart = "trainable_by_part"
    case selectedPerMLPLayer = "selected_per_mlp_layer"
    case tokensPerSecond = "tokens_per_second"
    case stepsPerSecond = "steps_per_second"
    case trainingSeconds = "training_seconds"
    case preliminarySeconds = "preliminary_seconds"
    case peakMemory = "peak_memory"
    case peakProcessMemory = "peak_process_memory"
  }
}

extension MemoryLedger {
  /// Peaks by the names of the kinds, and of the sum as `total`.
  public var peaksByName: [String: Int] {
    var peaks = Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0.rawValue, peak[$0] ?? 0) })
    peaks["total"] = peakTotal
    return peaks
  }
}

/// The peak of this process' resident memory in bytes (`VmHWM`), 0 where the system does not tell.
public func peakProcessMemory() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
  return (kilobytes ?? 0) * 1024
}

/// Lets `peakProcessMemory` begin anew at what the process has now, where the system can.
package func resetPeakProcessMemory() {
  try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
}

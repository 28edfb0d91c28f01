import Compute
import Foundation

/// The figures of a finished run: the content of `metrics.json`.
public struct RunFigures: Codable, Equatable, Sendable {
  /// The task's name.
  public var task: String
  /// `full`, `sparsegrad` or `meprop`.
  public var method: String
  /// The name of the metric that chose the model, and its value for the model that was kept; nil without
  /// validation data.
  public var metric: String?
  /// See `metric`.
  public var score: Double?
  /// All metrics of the model that was kept.
  public var metrics: [String: Double]
  /// The same before the first step, where that was asked for.
  public var before: [String: Double]?
  /// The share of the most frequent label in the validation data.
  public var majority_share: Double?
  /// The seed.
  public var seed: UInt64
  /// Steps taken, and after which of them the model was kept.
  public var steps: Int
  /// See `steps`.
  public var best_step: Int
  /// Passes over the training data.
  public var epochs: Double
  /// The loss of the last step.
  public var training_loss: Double
  /// How many numbers a step changes.
  public var trainable_parameters: Int
  /// How many elements of each MLP weight train.
  public var selected_per_mlp_layer: Int
  /// Speed of the steps alone, without evaluations and checkpoints.
  public var tokens_per_second: Double
  /// See `tokens_per_second`.
  public var steps_per_second: Double
  /// Seconds spent in steps.
  public var training_seconds: Double
  /// Seconds of the preliminary phase.
  public var preliminary_seconds: Double
  /// The engine's memory in bytes: the peak of each kind, and of their sum as `total`.
  public var peak_memory: [String: Int]
  /// The peak of the process' resident memory, in bytes.
  public var peak_process_memory: Int
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

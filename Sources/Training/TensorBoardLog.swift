import Compute
import Foundation
import Metrics

/// `tensorboard/`: the same as in `log.jsonl`, and settings and memory, in the form that TensorBoard reads.
final class TensorBoardLog {
  private let file: EventFile
  private let ledger: MemoryLedger

  /// Opens the log; what it says of steps after `step` does not count, because they will be taken again.
  init(_ folder: URL, after step: Int, of settings: TrainingSettings, _ ledger: MemoryLedger) throws
  {
    file = try EventFile(in: folder, after: step)
    self.ledger = ledger
    let rows = try settings.fields().sorted { $0.key < $1.key }.map { name, value in
      "| \(name) | \(value.replacing("|", with: "\\|")) |"
    }
    try file.write(
      .text(
        tag: "settings",
        (["| setting | value |", "| --- | --- |"] + rows).joined(separator: "\n")))
  }

  func write(_ step: StepRecord) throws {
    try file.write(
      .scalars(
        step: step.step,
        [
          ("train/loss", step.loss), ("train/learning_rate", step.learningRate),
          ("train/gradient_norm", step.gradientNorm),
          ("train/tokens_per_second", step.tokensPerSecond), ("train/epoch", step.epoch),
        ] + memory))
  }

  /// Writes all metrics of an evaluation, by name.
  func write(validation metrics: [String: Double], step: Int) throws {
    try file.write(
      .scalars(
        step: step, metrics.sorted { $0.key < $1.key }.map { ("validation/\($0.key)", $0.value) }))
  }

  /// Megabytes: the peaks so far.
  private var memory: [(tag: String, value: Double)] {
    let peaks = ledger.peaksByName.sorted { $0.key < $1.key } + [("process", peakProcessMemory())]
    return peaks.map { ("memory_mb/\($0.key)", Double($0.value) / 1e6) }
  }
}

import Foundation
import Metrics
import Support

/// `log.jsonl`: a line of JSON for every logged step and every evaluation.
final class RunLog {
  private let handle: FileHandle
  private let url: URL
  private let encoder = JSONEncoder()

  /// Opens the log; lines of steps after `step` are dropped, because they will be taken again.
  init(_ url: URL, after step: Int) throws {
    self.url = url
    encoder.outputFormatting = [.sortedKeys]
    var kept = Data()
    if step > 0, let old = try? Data(contentsOf: url) {
      for line in old.split(separator: UInt8(ascii: "\n")) {
        guard let parsed = try? JSONDecoder().decode(RunLogLine.self, from: line),
          parsed.step <= step
        else { continue }
        kept += line + [UInt8(ascii: "\n")]
      }
    }
    try AtomicOutput.write(kept, to: url)
    do {
      handle = try FileHandle(forWritingTo: url)
      try handle.seekToEnd()
    } catch {
      throw InputError(url.path, "cannot be written: \(AtomicOutput.reason(error) ?? "\(error)")")
    }
  }

  deinit { try? handle.close() }

  func write(_ step: StepRecord) throws {
    try write(
      RunLogLine(
        step: step.step, epoch: step.epoch, loss: step.loss, gradient_norm: step.gradientNorm,
        learning_rate: step.learningRate, tokens_per_second: step.tokensPerSecond))
  }

  func write(_ evaluation: EvaluationRecord) throws {
    try write(
      RunLogLine(
        step: evaluation.step, epoch: evaluation.epoch, validation: evaluation.metrics.byName))
  }

  private func write(_ line: RunLogLine) throws {
    guard isOpen(handle.fileDescriptor, at: url) else {
      throw InputError(url.path, "was removed or replaced while this run was writing it")
    }
    do {
      try handle.write(contentsOf: encoder.encode(line) + [UInt8(ascii: "\n")])
    } catch {
      throw InputError(url.path, "cannot be written: \(AtomicOutput.reason(error) ?? "\(error)")")
    }
  }
}

extension MetricValues {
  /// All values by the metrics' names; those that are not finite have no place in JSON.
  package var byName: [String: Double] {
    Dictionary(all.map { ($0.metric.rawValue, $0.value) }, uniquingKeysWith: { $1 })
      .filter { $0.value.isFinite }
  }
}

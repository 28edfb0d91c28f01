import Foundation
import SparseGrad

/// Machine-readable output: one object a line on standard output.
enum JSONLine {
  static func print(_ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    guard let data = try? encoder.encode(value) else { return }
    FileHandle.standardOutput.write(data + [UInt8(ascii: "\n")])
  }

  static func print(_ event: TrainingEvent) {
    var line = Event()
    switch event {
    case .notice(let text): (line.event, line.text) = ("notice", text)
    case .basis(let step, let count):
      (line.event, line.step, line.total_steps) = ("basis", step, count)
    case .started(let plan):
      (line.event, line.step, line.total_steps) = ("started", plan.completedSteps, plan.totalSteps)
      line.trainable_parameters = plan.trainableParameters
    case .step(let record):
      (line.event, line.step, line.epoch) = ("step", record.step, record.epoch)
      (line.loss, line.learning_rate) = (record.loss, record.learningRate)
      (line.tokens, line.seconds) = (record.tokens, record.seconds)
      line.tokens_per_second = record.tokensPerSecond
    case .evaluated(let record):
      (line.event, line.step, line.epoch) = ("evaluated", record.step, record.epoch)
      line.metrics = Dictionary(
        record.metrics.all.map { ($0.metric.rawValue, $0.value) }, uniquingKeysWith: { $1 })
    case .saved(let step): (line.event, line.step) = ("saved", step)
    }
    print(line)
  }

  private struct Event: Encodable {
    var event = ""
    var text: String?
    var step: Int?
    var total_steps: Int?
    var epoch: Double?
    var loss: Double?
    var learning_rate: Double?
    var tokens: Int?
    var seconds: Double?
    var tokens_per_second: Double?
    var trainable_parameters: Int?
    var metrics: [String: Double]?
  }
}

import Foundation
import SparseGrad

/// What happens in a run, as an object of JSON.
struct EventLine: Encodable {
  var event = ""
  /// The run of a comparison in which it happens.
  var cell: String?
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
  var trainable_by_part: [String: Int]?
  var gradient_norm: Double?
  var metrics: [String: Double]?
  var is_best: Bool?

  init(_ event: TrainingEvent, in cell: GLUECell? = nil) {
    self.cell = cell?.path
    switch event {
    case .notice(let text): (self.event, self.text) = ("notice", text.withFlags)
    case .head(let step, let count):
      (self.event, self.step, total_steps) = ("head", step, count)
    case .basis(let step, let count, let expected):
      (self.event, self.step, total_steps) = ("basis", step, count)
      seconds = expected
    case .started(let plan):
      (self.event, step, total_steps) = ("started", plan.completedSteps, plan.totalSteps)
      trainable_parameters = plan.trained.total
      trainable_by_part = plan.trained.byName
    case .step(let record):
      (self.event, step, epoch) = ("step", record.step, record.epoch)
      (loss, learning_rate) = (record.loss, record.learningRate)
      (tokens, seconds) = (record.tokens, record.seconds)
      (tokens_per_second, gradient_norm) = (record.tokensPerSecond, record.gradientNorm)
    case .evaluated(let record):
      (self.event, step, epoch) = ("evaluated", record.step, record.epoch)
      metrics = Dictionary(
        record.metrics.all.map { ($0.metric.rawValue, $0.value) }, uniquingKeysWith: { $1 })
      is_best = record.isBest
    case .saved(let step): (self.event, self.step) = ("saved", step)
    case .finished(let report): (self.event, step) = ("finished", report.steps)
    }
  }
}

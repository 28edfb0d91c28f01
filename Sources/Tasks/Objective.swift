import Layers
import Metrics
import Models
import Support

/// What a model makes of one example: the logits of every row that its head reads, one row for a sequence.
public typealias ModelOutput = [[Float]]

/// What a model is trained for: which answers there are, the loss, and the metrics. Every task is one type that
/// conforms to this, in a file of its own, and a line in the registry.
public protocol Objective: Sendable {
  /// What the head tells apart.
  var head: HeadConfiguration { get }
  /// What training makes small.
  var loss: any LossFunction { get }
  /// What messages call an answer, for example `a label`.
  var answerName: String { get }

  /// What metrics are computed from.
  var measurement: Measurement { get }

  /// What a user should know of the loss, if anything.
  var lossNotice: String? { get }

  /// Whether an answer is of the kind that this task has.
  func accepts(_ target: Target) -> Bool

  /// The metrics of outputs whose answers are known, without the loss.
  func metrics(_ outputs: [ModelOutput], _ targets: [Target]) -> MetricValues

  /// The metrics that follow from the mean loss, without the loss.
  func metrics(loss: Double) -> MetricValues

  /// The metrics of each label, or of each type of entities where words are tagged; nil where answers are numbers.
  func classes(_ outputs: [ModelOutput], _ targets: [Target]) -> ClassReport?

  /// The most confident mistakes; nil where examples do not have one label each.
  func mistakes(_ outputs: [ModelOutput], _ targets: [Target]) -> [Mistake]?
}

/// What the metrics of a task are computed from.
public enum Measurement: Sendable {
  /// The logits of all examples.
  case outputs
  /// The mean loss alone.
  case loss
}

extension Objective {
  /// The logits.
  public var measurement: Measurement { .outputs }

  /// None.
  public func metrics(loss: Double) -> MetricValues { MetricValues([:]) }

  /// Nothing.
  public var lossNotice: String? { nil }

  /// Nil.
  public func classes(_ outputs: [ModelOutput], _ targets: [Target]) -> ClassReport? { nil }

  /// Nil.
  public func mistakes(_ outputs: [ModelOutput], _ targets: [Target]) -> [Mistake]? { nil }
}

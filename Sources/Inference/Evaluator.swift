import Compute
import Layers
import Metrics
import Models
import Support
import Tasks

/// What an evaluation found.
public struct Evaluation: Sendable {
  /// All metrics, the loss among them.
  public let metrics: MetricValues
  /// By label, or by type of entities where words are tagged; nil where answers are numbers.
  public let classes: ClassReport?
  /// The most confident mistakes; nil where examples do not have one label each.
  public let mistakes: [Mistake]?

  /// The value of a metric, or nil if it was not measured.
  public subscript(metric: Metric) -> Double? { metrics[metric] }
}

/// Runs a model over data without training it.
public struct Evaluator {
  private let model: any TransformerModel
  private let engine: Engine
  private let tokensPerBatch: Int

  /// - Parameters:
  ///   - model: the model to run.
  ///   - engine: what computes.
  ///   - tokensPerBatch: how many tokens go through the model at a time.
  public init(_ model: any TransformerModel, _ engine: Engine, tokensPerBatch: Int = 2048) {
    self.model = model
    self.engine = engine
    self.tokensPerBatch = tokensPerBatch
  }

  /// The logits of every example, in the order of the data.
  public func outputs(of data: EncodedDataset) -> [ModelOutput] {
    let order = BatchOrder(data.lengths, limit: .tokens(tokensPerBatch), order: .asGiven, seed: 0)
    var outputs: [ModelOutput] = []
    for indices in order.batches(epoch: 0) {
      engine.activations.scope {
        let batch = data.batch(indices, sequences: model.sequenceToken).batch
        var rows: [[Float]] = []
        model.read(batch, engine) { _, logits in
          rows += (0..<logits.rows).map { Array(logits[row: $0]) }
        }
        var row = 0
        for index in indices {
          let end = row + data.sequences[index].rowCount
          outputs.append(Array(rows[row..<end]))
          row = end
        }
      }
    }
    return outputs
  }

  /// All metrics of data whose answers are known, the mean loss among them.
  public func evaluate(_ data: EncodedDataset, _ objective: any Objective) -> MetricValues {
    evaluation(of: data, objective).metrics
  }

  /// The same, with what they are for each class.
  public func evaluation(of data: EncodedDataset, _ objective: any Objective) -> Evaluation {
    if objective.measurement == .loss {
      let loss = meanLoss(of: data, objective.loss)
      var values = objective.metrics(loss: loss)
      values[.loss] = loss
      return Evaluation(metrics: values, classes: nil, mistakes: nil)
    }
    let outputs = outputs(of: data)
    let targets = data.sequences.compactMap(\.target)
    var values = objective.metrics(outputs, targets)
    values[.loss] = meanLoss(
      outputs.flatMap(\.self), data.sequences.flatMap(\.rowTargets), objective.loss)
    return Evaluation(
      metrics: values, classes: objective.classes(outputs, targets),
      mistakes: objective.mistakes(outputs, targets))
  }

  /// The mean loss, without keeping logits.
  private func meanLoss(of data: EncodedDataset, _ loss: any LossFunction) -> Double {
    let order = BatchOrder(data.lengths, limit: .tokens(tokensPerBatch), order: .asGiven, seed: 0)
    var (sum, weight) = (0.0, 0.0)
    for indices in order.batches(epoch: 0) {
      let (batch, targets) = data.batch(indices, sequences: model.sequenceToken)
      model.read(batch, engine) { rows, logits in
        sum += loss.evaluate(logits, Array(targets[rows]), scale: 1, gradient: nil, engine)
      }
      weight += loss.weight(of: targets)
    }
    return weight == 0 ? 0 : sum / weight
  }

  private func meanLoss(_ logits: [[Float]], _ targets: [Target], _ loss: any LossFunction)
    -> Double
  {
    let sum = zip(logits, targets).reduce(0.0) { sum, item in
      var row = item.0
      return sum
        + row.withUnsafeMutableBufferPointer {
          guard let start = $0.baseAddress else { return 0 }
          return loss.evaluate(
            Matrix(start, rows: 1, columns: $0.count), [item.1], scale: 1, gradient: nil)
        }
    }
    return targets.isEmpty ? 0 : sum / loss.weight(of: targets)
  }
}

import Compute
import Layers
import Metrics
import Models
import Support

/// Runs a model over data without training it.
public struct Evaluator {
  private let model: any TransformerModel
  private let engine: Engine
  private let tokensPerBatch: Int

  /// - Parameter tokensPerBatch: how many tokens go through the model at a time.
  public init(_ model: any TransformerModel, _ engine: Engine, tokensPerBatch: Int = 2048) {
    self.model = model
    self.engine = engine
    self.tokensPerBatch = tokensPerBatch
  }

  /// The logits of every example, in the order of the data.
  public func logits(of data: EncodedDataset) -> [[Float]] {
    let order = BatchOrder(data.lengths, limit: .tokens(tokensPerBatch), order: .asGiven, seed: 0)
    var results: [[Float]] = []
    for indices in order.batches(epoch: 0) {
      engine.activations.scope {
        let logits = model.logits(data.batch(indices).batch, engine)
        results += (0..<logits.rows).map { Array(logits[row: $0]) }
      }
    }
    return results
  }

  /// All metrics of data whose targets are known, the mean loss among them.
  public func evaluate(_ data: EncodedDataset) -> MetricValues {
    let logits = logits(of: data)
    let targets = data.sequences.compactMap(\.target)
    var values: MetricValues
    switch model.loss {
    case .crossEntropy:
      let outcomes = zip(logits, targets).compactMap { logits, target -> Outcome<Int>? in
        guard case .label(let label) = target else { return nil }
        return Outcome(predicted: logits.indexOfMaximum, expected: label)
      }
      values = MetricValues(labels: outcomes, labelCount: model.labelCount)
    case .meanSquaredError:
      let outcomes = zip(logits, targets).compactMap { logits, target -> Outcome<Float>? in
        guard case .value(let value) = target else { return nil }
        return Outcome(predicted: logits[0], expected: value)
      }
      values = MetricValues(numbers: outcomes)
    }
    values[.loss] = meanLoss(logits, targets)
    return values
  }

  private func meanLoss(_ logits: [[Float]], _ targets: [Target]) -> Double {
    let sum = zip(logits, targets).reduce(0.0) { sum, item in
      var row = item.0
      return sum
        + row.withUnsafeMutableBufferPointer {
          guard let start = $0.baseAddress else { return 0 }
          return model.loss.evaluate(
            Matrix(start, rows: 1, columns: $0.count), [item.1], scale: 1, gradient: nil)
        }
    }
    return targets.isEmpty ? 0 : sum / model.loss.weight(of: targets)
  }
}

extension [Float] {
  /// The place of the largest element; the first wins ties.
  package var indexOfMaximum: Int { indices.max { (self[$0], -$0) < (self[$1], -$1) } ?? 0 }
}

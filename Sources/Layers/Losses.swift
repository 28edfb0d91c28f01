import Compute
import Foundation
import Support

/// The losses of `transformers`' sequence classification: cross-entropy, or squared error for regression.
public enum Loss: Sendable {
  /// −log softmax(logits)[label], for [rows, classes].
  case crossEntropy
  /// (logit − value)², for [rows, 1].
  case meanSquaredError

  /// The sum of the rows' losses, and `scale` times its gradient in `gradient` (shaped as `logits`).
  package func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?
  ) -> Double {
    precondition(logits.rows == targets.count)
    return targets.enumerated().reduce(0) { sum, item in
      sum + row(logits[row: item.offset], item.element, scale, gradient?[row: item.offset])
    }
  }

  private func row(
    _ logits: UnsafeMutableBufferPointer<Float>, _ target: Target, _ scale: Float,
    _ gradient: UnsafeMutableBufferPointer<Float>?
  ) -> Double {
    switch (self, target) {
    case (.crossEntropy, .label(let label)):
      let probabilities = softmax(logits)
      for c in logits.indices {
        gradient?[c] = Float(probabilities[c] - (c == label ? 1 : 0)) * scale
      }
      return logSumExp(logits) - Double(logits[label])
    case (.meanSquaredError, .value(let value)):
      let difference = logits[0] - value
      gradient?[0] = 2 * difference * scale
      return Double(difference) * Double(difference)
    default: preconditionFailure("a label is classified, a value is regressed")
    }
  }
}

/// The probabilities of a row of logits.
public func softmax(_ logits: some Collection<Float>) -> [Double] {
  let normalizer = logSumExp(logits)
  return logits.map { exp(Double($0) - normalizer) }
}

private func logSumExp(_ logits: some Collection<Float>) -> Double {
  let top = Double(logits.max() ?? 0)
  return top + log(logits.reduce(0) { $0 + exp(Double($1) - top) })
}

import Compute
import Foundation
import Support

/// The losses of `transformers`' sequence classification: cross-entropy, or squared error for regression.
public enum Loss: Equatable, Sendable {
  /// −log softmax(logits)[label], for [rows, classes]. As PyTorch's `CrossEntropyLoss`, the loss of a class may be
  /// weighted, and a share of every target may be spread over all classes.
  case crossEntropy(weights: [Double] = [], smoothing: Double = 0)
  /// (logit − value)², for [rows, 1].
  case meanSquaredError

  /// The sum of the rows' losses, and `scale` times its gradient in `gradient` (shaped as `logits`). The mean is the
  /// sum divided by `weight(of:)`.
  package func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?
  ) -> Double {
    precondition(logits.rows == targets.count)
    return targets.enumerated().reduce(0) { sum, item in
      sum + row(logits[row: item.offset], item.element, scale, gradient?[row: item.offset])
    }
  }

  /// What the sum of the losses of these targets is divided by to be their mean: their number or, where classes have
  /// weights, the weights of their classes.
  package func weight(of targets: some Sequence<Target>) -> Double {
    targets.reduce(0) { sum, target in
      guard case (.crossEntropy(let weights, _), .label(let label)) = (self, target),
        !weights.isEmpty
      else { return sum + 1 }
      return sum + weights[label]
    }
  }

  private func row(
    _ logits: UnsafeMutableBufferPointer<Float>, _ target: Target, _ scale: Float,
    _ gradient: UnsafeMutableBufferPointer<Float>?
  ) -> Double {
    switch (self, target) {
    case (.crossEntropy(let weights, let smoothing), .label(let label)):
      let normalizer = logSumExp(logits)
      // What the negative logarithm of each class' probability counts.
      let shares = logits.indices.map { c in
        (weights.isEmpty ? 1 : weights[c])
          * ((c == label ? 1 - smoothing : 0) + smoothing / Double(logits.count))
      }
      if let gradient {
        let total = shares.reduce(0, +)
        for c in logits.indices {
          let probability = exp(Double(logits[c]) - normalizer)
          gradient[c] = Float(probability * total - shares[c]) * scale
        }
      }
      return logits.indices.reduce(0) { sum, c in
        shares[c] == 0 ? sum : sum + shares[c] * (normalizer - Double(logits[c]))
      }
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

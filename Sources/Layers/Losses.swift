import Compute
import Foundation
import Support

/// What training makes small: a function of the logits of some rows and what they should have been.
public protocol LossFunction: Sendable {
  /// The sum of the rows' losses, and `scale` times its gradient in `gradient` (shaped as `logits`, whose place it may
  /// take). The mean is the sum divided by `weight(of:)`.
  func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?
  ) -> Double

  /// The same, with an engine that may compute it faster.
  func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?,
    _ engine: Engine
  ) -> Double

  /// What the sum of the losses of these targets is divided by to be their mean.
  func weight(of targets: some Sequence<Target>) -> Double
}

extension LossFunction {
  /// On the calling thread.
  public func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?,
    _: Engine
  ) -> Double {
    evaluate(logits, targets, scale: scale, gradient: gradient)
  }

  /// The number of targets.
  public func weight(of targets: some Sequence<Target>) -> Double {
    targets.reduce(0) { sum, _ in sum + 1 }
  }

  /// Adds up `row` over all rows.
  func sum(
    _ logits: Matrix<Float>, _ targets: [Target], gradient: Matrix<Float>?,
    _ row: (UnsafeMutableBufferPointer<Float>, Target, UnsafeMutableBufferPointer<Float>?) -> Double
  ) -> Double {
    precondition(logits.rows == targets.count)
    return targets.enumerated().reduce(0) { sum, item in
      sum + row(logits[row: item.offset], item.element, gradient?[row: item.offset])
    }
  }
}

/// −log softmax(logits)[label], for rows [rows, classes]. As PyTorch's `CrossEntropyLoss`, the loss of a class may be
/// weighted, and a share of every target may be spread over all classes.
public struct CrossEntropy: LossFunction {
  /// How much each class counts; empty means all the same.
  public let weights: [Double]
  /// The share of every target that is spread over all classes.
  public let smoothing: Double

  /// A loss; the plain one if nothing is said.
  public init(weights: [Double] = [], smoothing: Double = 0) {
    self.weights = weights
    self.smoothing = smoothing
  }

  /// See `LossFunction`.
  public func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?
  ) -> Double {
    sum(logits, targets, gradient: gradient) { logits, target, gradient in
      guard case .label(let label) = target else { preconditionFailure("expected a label") }
      let normalizer = logSumExp(logits)
      // What the negative logarithm of each class' probability counts.
      let shares = logits.indices.map { c in
        (weights.isEmpty ? 1 : weights[c])
          * ((c == label ? 1 - smoothing : 0) + smoothing / Double(logits.count))
      }
      let loss = logits.indices.reduce(0) { sum, c in
        shares[c] == 0 ? sum : sum + shares[c] * (normalizer - Double(logits[c]))
      }
      if let gradient {
        let total = shares.reduce(0, +)
        for c in logits.indices {
          let probability = exp(Double(logits[c]) - normalizer)
          gradient[c] = Float(probability * total - shares[c]) * scale
        }
      }
      return loss
    }
  }

  /// The number of targets or, where classes have weights, the weights of their classes.
  public func weight(of targets: some Sequence<Target>) -> Double {
    targets.reduce(0) { sum, target in
      guard case .label(let label) = target, !weights.isEmpty else { return sum + 1 }
      return sum + weights[label]
    }
  }
}

/// (logit − value)², for rows [rows, 1].
public struct MeanSquaredError: LossFunction {
  /// The loss.
  public init() {}

  /// See `LossFunction`.
  public func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?
  ) -> Double {
    sum(logits, targets, gradient: gradient) { logits, target, gradient in
      guard case .value(let value) = target else { preconditionFailure("expected a number") }
      let difference = logits[0] - value
      gradient?[0] = 2 * difference * scale
      return Double(difference) * Double(difference)
    }
  }
}

/// For every class on its own −log σ(logit) if the row has it, else −log(1 − σ(logit)); of a row the mean over the
/// classes, as PyTorch's `BCEWithLogitsLoss` takes it.
public struct BinaryCrossEntropy: LossFunction {
  /// The loss.
  public init() {}

  /// See `LossFunction`.
  public func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?
  ) -> Double {
    sum(logits, targets, gradient: gradient) { logits, target, gradient in
      guard case .labels(let labels) = target else { preconditionFailure("expected labels") }
      let present = Set(labels)
      let count = Double(logits.count)
      return logits.indices.reduce(0) { sum, c in
        let logit = Double(logits[c])
        let wanted = present.contains(c) ? 1.0 : 0
        gradient?[c] = Float((sigmoid(logit) - wanted) / count) * scale
        return sum + (max(logit, 0) - logit * wanted + log1p(exp(-abs(logit)))) / count
      }
    }
  }
}

/// The probabilities of a row of logits of which one is true.
public func softmax(_ logits: some Collection<Float>) -> [Double] {
  let normalizer = logSumExp(logits)
  return logits.map { exp(Double($0) - normalizer) }
}

/// The probability of a logit that is true or not by itself.
public func sigmoid(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }

private func logSumExp(_ logits: some Collection<Float>) -> Double {
  let top = Double(logits.max() ?? 0)
  return top + log(logits.reduce(0) { $0 + exp(Double($1) - top) })
}

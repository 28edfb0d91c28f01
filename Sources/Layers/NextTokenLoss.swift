import Compute
import Support

/// −log softmax(logits)[next token], for rows over a vocabulary: the plain cross-entropy, computed on all threads.
package struct NextTokenLoss: LossFunction {
  /// The loss.
  package init() {}

  /// See `LossFunction`.
  package func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?
  ) -> Double {
    CrossEntropy().evaluate(logits, targets, scale: scale, gradient: gradient)
  }

  /// See `LossFunction`.
  package func evaluate(
    _ logits: Matrix<Float>, _ targets: [Target], scale: Float, gradient: Matrix<Float>?,
    _ engine: Engine
  ) -> Double {
    let tokens = targets.map { target -> Int32 in
      guard case .label(let token) = target else { preconditionFailure("expected a token") }
      return Int32(token)
    }
    return engine.crossEntropy(logits, tokens, scale: scale, gradient: gradient)
  }
}

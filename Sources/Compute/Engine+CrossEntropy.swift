import CKernels

extension Engine {
  /// The sum of −log softmax(logits)[label] over the rows of logits [rows, classes], and `scale` times its gradient in
  /// `gradient` of the same shape, if that is wanted.
  package func crossEntropy(
    _ logits: Matrix<Float>, _ labels: [Int32], scale: Float, gradient: Matrix<Float>?
  ) -> Double {
    precondition(labels.count == logits.rows && logits.stride == logits.columns)
    precondition(labels.allSatisfy { 0 <= $0 && Int($0) < logits.columns }, "no such class")
    var losses = [Float](repeating: 0, count: labels.count)
    losses.withUnsafeMutableBufferPointer { losses in
      guard let start = losses.baseAddress else { return }
      nonisolated(unsafe) let place = start
      parallel(logits.rows, grain: rowGrain(logits.columns)) {
        kernels.cross_entropy(
          logits.data, labels, scale, gradient?.data, place, logits.columns, $0.lowerBound,
          $0.upperBound)
      }
    }
    return losses.reduce(0) { $0 + Double($1) }
  }
}

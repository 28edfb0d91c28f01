import Inference

/// Batches of the training data for what happens before the first step, in orders of their own: those of the epochs
/// before epoch 0.
struct PreliminaryBatches {
  private let order: BatchOrder
  private var epoch = -1
  private var batches: [[Int]] = []

  init(_ data: EncodedDataset, _ settings: TrainingSettings) {
    order = BatchOrder(data, settings)
  }

  /// The next batch: the numbers of its examples.
  mutating func next() -> [Int] {
    if batches.isEmpty {
      batches = order.batches(epoch: epoch).reversed()
      epoch -= 1
    }
    return batches.removeLast()
  }
}

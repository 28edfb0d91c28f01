import Compute

/// Which examples make each batch of an epoch: a pure function of the data's lengths, the settings and the
/// number of the epoch.
struct BatchOrder {
  private let lengths: [Int]
  private let limit: TrainingSettings.BatchLimit
  private let order: TrainingSettings.Order
  private let seed: UInt64

  init(
    _ lengths: [Int], limit: TrainingSettings.BatchLimit, order: TrainingSettings.Order,
    seed: UInt64
  ) {
    self.lengths = lengths
    self.limit = limit
    self.order = order
    self.seed = seed
  }

  init(_ lengths: [Int], _ settings: TrainingSettings) {
    self.init(lengths, limit: settings.batch, order: settings.order, seed: settings.seed)
  }

  /// The number of batches of an epoch.
  func batchCount(epoch: Int) -> Int {
    guard case .sequences(let size) = limit else { return batches(epoch: epoch).count }
    return lengths.count / size + (lengths.count.isMultiple(of: size) ? 0 : 1)
  }

  /// The batches of epoch `epoch`, counted from 0. (The preliminary phase has the number −1.)
  func batches(epoch: Int) -> [[Int]] {
    var indices = Array(lengths.indices)
    if order == .shuffled {
      var random = RandomStream(seed: seed, purpose: .shuffling, index: epoch)
      indices.shuffle(using: &random)
    }
    return cut(indices)
  }

  private func cut(_ indices: [Int]) -> [[Int]] {
    switch limit {
    case .sequences(let size):
      return stride(from: 0, to: indices.count, by: size).map {
        Array(indices[$0..<min($0 + size, indices.count)])
      }
    case .tokens(let budget):
      var batches: [[Int]] = []
      var room = 0
      for index in indices {
        if batches.isEmpty || lengths[index] > room {
          batches.append([])
          room = budget
        }
        batches[batches.count - 1].append(index)
        room -= lengths[index]
      }
      return batches
    }
  }
}

import Compute

/// How a batch is limited.
public enum BatchLimit: Codable, Equatable, Sendable {
  /// At most so many sequences or, where they are packed, rows of them.
  case sequences(Int)
  /// At most so many tokens (but always one sequence, or one row).
  case tokens(Int)
}

/// The order of examples.
public enum ExampleOrder: String, Codable, Sendable {
  /// Drawn anew for every epoch, from the seed.
  case shuffled
  /// That of the file.
  case asGiven
}

/// Which examples make each batch of an epoch: a pure function of the data's lengths, the settings and the
/// number of the epoch.
package struct BatchOrder {
  /// The examples of each row.
  private let rows: [[Int]]
  /// The tokens of each row.
  private let lengths: [Int]
  private let limit: BatchLimit
  private let order: ExampleOrder
  private let seed: UInt64

  /// - Parameters:
  ///   - lengths: the tokens of every example.
  ///   - rows: the examples that stay together; each is a row of its own unless given.
  package init(
    _ lengths: [Int], rows: [[Int]]? = nil, limit: BatchLimit, order: ExampleOrder,
    seed: UInt64
  ) {
    self.rows = rows ?? lengths.indices.map { [$0] }
    self.lengths = self.rows.map { $0.reduce(0) { $0 + lengths[$1] } }
    self.limit = limit
    self.order = order
    self.seed = seed
  }

  /// The number of batches of an epoch.
  package func batchCount(epoch: Int) -> Int {
    guard case .sequences(let size) = limit else { return batches(epoch: epoch).count }
    return lengths.count / size + (lengths.count.isMultiple(of: size) ? 0 : 1)
  }

  /// The batches of epoch `epoch`, counted from 0. (The preliminary phase has the number −1.)
  package func batches(epoch: Int) -> [[Int]] {
    var indices = Array(lengths.indices)
    if order == .shuffled {
      var random = RandomStream(seed: seed, purpose: .shuffling, index: epoch)
      indices.shuffle(using: &random)
    }
    return cut(indices).map { $0.flatMap { rows[$0] } }
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

import Compute

/// How much text a step of a benchmark reads.
public enum StepSize: Hashable, Codable, Sendable {
  /// So many sequences.
  case sequences(Int)
  /// So many tokens; the last sequence is cut to fit.
  case tokens(Int)
}

/// The lengths of the sequences of every step: the same for all methods that are compared.
struct BatchPlan {
  /// The lengths of each step's sequences, the warm-up's first.
  let batches: [[Int]]

  /// As many batches as there are steps. What needs most memory comes first, so that no timed step meets memory for
  /// the first time: the batch of most tokens, then that of the longest sequence. Listed lengths keep their order.
  init(
    _ size: StepSize, of lengths: LengthDistribution, maximum: Int, steps: Int, seed: UInt64
  ) {
    var sequence = LengthSequence(lengths, maximum: maximum, seed: seed)
    var batches = (0..<steps).map { _ in Self.batch(size) { sequence.next() } }
    if !lengths.isOrdered {
      Self.moveFirst(&batches) { $0.max() ?? 0 }
      Self.moveFirst(&batches) { $0.reduce(0, +) }
    }
    self.batches = batches
  }

  private static func batch(_ size: StepSize, _ draw: () -> Int) -> [Int] {
    switch size {
    case .sequences(let count): return (0..<count).map { _ in draw() }
    case .tokens(let count):
      var lengths: [Int] = []
      var room = count
      while room > 0 {
        lengths.append(min(draw(), room))
        room -= lengths[lengths.count - 1]
      }
      return lengths
    }
  }

  private static func moveFirst(_ batches: inout [[Int]], by size: ([Int]) -> Int) {
    guard let largest = batches.indices.max(by: { size(batches[$0]) < size(batches[$1]) }) else {
      return
    }
    batches.insert(batches.remove(at: largest), at: 0)
  }
}

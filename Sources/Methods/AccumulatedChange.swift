import Checkpoints
import Compute

/// What a sparsely trained weight remembers of its changes.
public enum ChangeRecord: Sendable {
  /// Nothing: the weight has them.
  case none
  /// Their sum per element of the gradient's coordinates, from which adapters are made.
  case sum
}

/// The sum of all changes of a weight, in the coordinates of its gradient: the elements that were ever
/// changed, sorted by index, 8 bytes each.
final class AccumulatedChange {
  private(set) var count = 0
  private var indices: Buffer<UInt32>
  private var values: Buffer<Float>
  private let ledger: MemoryLedger

  init(capacity: Int, _ ledger: MemoryLedger) {
    self.ledger = ledger
    indices = Buffer(count: capacity, .optimizer, ledger)
    values = Buffer(count: capacity, .optimizer, ledger)
  }

  func add(_ change: SparseChange) {
    include(change)
    var at = 0
    for i in 0..<change.count {
      while indices.data[at] != change.indices[i] { at += 1 }
      values.data[at] += change.values[i]
    }
  }

  /// Gives the elements that have not been changed before a place, with the value 0.
  private func include(_ change: SparseChange) {
    var (fresh, at) = (0, 0)
    for i in 0..<change.count {
      while at < count, indices.data[at] < change.indices[i] { at += 1 }
      if at == count || indices.data[at] != change.indices[i] { fresh += 1 }
    }
    guard fresh > 0 else { return }
    reserve(count + fresh)
    // From the back, so that nothing is overwritten before it is moved.
    var (old, new, end) = (count - 1, change.count - 1, count + fresh - 1)
    count += fresh
    while new >= 0 {
      if old >= 0, indices.data[old] >= change.indices[new] {
        if indices.data[old] == change.indices[new] { new -= 1 }
        (indices.data[end], values.data[end]) = (indices.data[old], values.data[old])
        old -= 1
      } else {
        (indices.data[end], values.data[end]) = (change.indices[new], 0)
        new -= 1
      }
      end -= 1
    }
  }

  private func reserve(_ needed: Int) {
    guard needed > indices.count else { return }
    let capacity = needed + needed / 2
    let (i, v) = (
      Buffer<UInt32>(count: capacity, .optimizer, ledger),
      Buffer<Float>(count: capacity, .optimizer, ledger)
    )
    i.data.update(from: indices.data, count: count)
    v.data.update(from: values.data, count: count)
    (indices, values) = (i, v)
  }

  // MARK: State

  static func indicesName(_ weight: String) -> String { weight + ".change.indices" }
  static func valuesName(_ weight: String) -> String { weight + ".change.values" }

  func state(_ name: String) -> [NamedTensor] {
    [
      NamedTensor(Self.indicesName(name), shape: [count], indices),
      NamedTensor(Self.valuesName(name), shape: [count], values),
    ]
  }

  /// - Parameter bound: indices are below it.
  func restore(_ state: Checkpoint, _ name: String, below bound: Int) throws {
    let saved = try state.tensor(Self.indicesName(name))
    let size = saved.info.count
    reserve(size)
    try saved.copyIndices(
      to: UnsafeMutableBufferPointer(start: indices.data, count: size), below: bound)
    try state.tensor(Self.valuesName(name), shape: [size])
      .copy(to: UnsafeMutableBufferPointer(start: values.data, count: size))
    count = size
  }
}

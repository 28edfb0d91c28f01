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
  private let indices: GrowingList<UInt32>
  private let values: GrowingList<Float>

  /// - Parameter bound: how many elements there are to change.
  /// - Throws: `InputError` when the system refuses the address space.
  init(upTo bound: Int, _ ledger: MemoryLedger) throws {
    indices = try GrowingList(upTo: bound, .optimizer, ledger)
    values = try GrowingList(upTo: bound, .optimizer, ledger)
  }

  private(set) var count: Int {
    get { indices.count }
    set { (indices.count, values.count) = (newValue, newValue) }
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

  // MARK: State

  static func indicesName(_ weight: String) -> String { weight + ".change.indices" }
  static func valuesName(_ weight: String) -> String { weight + ".change.values" }

  func state(_ name: String) -> [NamedTensor] {
    [
      NamedTensor(Self.indicesName(name), indices), NamedTensor(Self.valuesName(name), values),
    ]
  }

  /// - Parameter bound: indices are below it.
  func restore(_ state: Checkpoint, _ name: String, below bound: Int) throws {
    let saved = try state.tensor(Self.indicesName(name))
    guard saved.info.count <= bound else {
      throw saved.error("expected at most \(bound) elements")
    }
    count = saved.info.count
    try saved.copyIndices(to: indices.elements, below: bound)
    try state.tensor(Self.valuesName(name), shape: [count]).copy(to: values.elements)
  }
}

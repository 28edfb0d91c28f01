import Compute
import Weights

/// What a sparsely trained weight remembers of its changes.
public enum ChangeRecord: Sendable {
  /// Nothing: the weight has them.
  case none
  /// Their sum per element of the gradient's coordinates, from which adapters are made.
  case sum
}

/// The sum of all changes of a weight, in the coordinates of its gradient: the elements that were ever
/// changed, sorted by index, 8 bytes each.
package final class AccumulatedChange {
  private let sums: SparseColumns

  /// - Parameter bound: how many elements there are to change.
  /// - Throws: `InputError` when the system refuses the address space.
  init(upTo bound: Int, _ ledger: MemoryLedger) throws {
    sums = try SparseColumns(1, upTo: bound, ledger)
  }

  private var indices: GrowingList<UInt32> { sums.indices }
  private var values: GrowingList<Float> { sums.columns[0] }

  func add(_ change: SparseChange) {
    sums.include(change.indices, count: change.count)
    let (indices, values) = (indices.data, values.data)
    var at = 0
    for i in 0..<change.count {
      while indices[at] != change.indices[i] { at += 1 }
      values[at] += change.values[i]
    }
  }

  // MARK: State

  package static func indicesName(_ weight: String) -> String { weight + ".change.indices" }
  package static func valuesName(_ weight: String) -> String { weight + ".change.values" }

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
    sums.count = saved.info.count
    try saved.copyIndices(to: indices.elements, below: bound)
    try state.tensor(Self.valuesName(name), shape: [sums.count]).copy(to: values.elements)
  }
}

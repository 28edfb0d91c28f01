import Compute

/// Numbers of the elements of a matrix that were ever touched, in one or several columns beside their ascending
/// indices.
final class SparseColumns {
  /// Of the elements that are there.
  let indices: GrowingList<UInt32>
  /// A number for each of them.
  let columns: [GrowingList<Float>]

  /// Nothing, in so many columns.
  /// - Parameter bound: how many elements there are to touch.
  /// - Throws: `InputError` when the system refuses the address space.
  init(_ count: Int, upTo bound: Int, _ ledger: MemoryLedger) throws {
    indices = try GrowingList(upTo: bound, .optimizer, ledger)
    columns = try (0..<count).map { _ in try GrowingList(upTo: bound, .optimizer, ledger) }
  }

  /// How many elements are there.
  var count: Int {
    get { indices.count }
    set {
      indices.count = newValue
      for column in columns { column.count = newValue }
    }
  }

  /// Gives the elements of a list (ascending) that are not there yet a place, with zeros.
  func include(_ list: UnsafePointer<UInt32>, count k: Int) {
    let (held, heldCount) = (indices.data, count)
    var (fresh, at) = (0, 0)
    for i in 0..<k {
      while at < heldCount, held[at] < list[i] { at += 1 }
      if at == heldCount || held[at] != list[i] { fresh += 1 }
    }
    guard fresh > 0 else { return }
    // From the back, so that nothing is overwritten before it is moved.
    let columns = columns.map(\.data)
    var (old, new, end) = (heldCount - 1, k - 1, heldCount + fresh - 1)
    count += fresh
    while new >= 0 {
      if old >= 0, held[old] >= list[new] {
        if held[old] == list[new] { new -= 1 }
        held[end] = held[old]
        for column in columns { column[end] = column[old] }
        old -= 1
      } else {
        held[end] = list[new]
        for column in columns { column[end] = 0 }
        new -= 1
      }
      end -= 1
    }
  }
}

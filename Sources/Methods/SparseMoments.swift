import Compute
import Foundation
import Weights

/// Adam's moments of elements that were selected at least once, sorted by index. (PyTorch's SparseAdam holds
/// moments of all elements, zero where they were never visited; this is the same without the zeros.)
final class SparseMoments {
  private let moments: SparseColumns

  /// - Parameter bound: how many elements there are to visit.
  /// - Throws: `InputError` when the system refuses the address space.
  init(upTo bound: Int, _ ledger: MemoryLedger) throws {
    moments = try SparseColumns(2, upTo: bound, ledger)
  }

  private var indices: GrowingList<UInt32> { moments.indices }
  private var first: GrowingList<Float> { moments.columns[0] }
  private var second: GrowingList<Float> { moments.columns[1] }

  var count: Int { moments.count }

  /// One step of Adam on the elements of `support` (ascending): `delta` receives their changes. Elements
  /// that were never visited before start from zero moments; the others' moments stay as they are.
  func step(
    _ step: AdamStep, support: UnsafePointer<UInt32>, gradient: UnsafePointer<Float>, count k: Int,
    delta: UnsafeMutablePointer<Float>, _ engine: Engine
  ) {
    if holdsExactly(support, k) {
      engine.adamDelta(
        step, gradient: gradient, first: first.data, second: second.data, delta: delta, count: k)
      return
    }
    moments.include(support, count: k)
    let (indices, first, second) = (indices.data, first.data, second.data)
    engine.scratch.scope {
      let (m, v) = (
        engine.scratch.allocate(k, of: Float.self), engine.scratch.allocate(k, of: Float.self)
      )
      var at = 0
      for i in 0..<k {
        while indices[at] != support[i] { at += 1 }
        (m[i], v[i]) = (first[at], second[at])
      }
      engine.adamDelta(step, gradient: gradient, first: m, second: v, delta: delta, count: k)
      at = 0
      for i in 0..<k {
        while indices[at] != support[i] { at += 1 }
        (first[at], second[at]) = (m[i], v[i])
      }
    }
  }

  /// Forgets all elements but those of `support` (ascending); new ones start from zero.
  func restrict(to support: UnsafePointer<UInt32>, count k: Int, _ engine: Engine) {
    engine.scratch.scope {
      let m = engine.scratch.allocate(k, of: Float.self)
      let v = engine.scratch.allocate(k, of: Float.self)
      var at = 0
      for i in 0..<k {
        while at < count, indices.data[at] < support[i] { at += 1 }
        let isHeld = at < count && indices.data[at] == support[i]
        (m[i], v[i]) = isHeld ? (first.data[at], second.data[at]) : (0, 0)
      }
      moments.count = k
      indices.data.update(from: support, count: k)
      first.data.update(from: m, count: k)
      second.data.update(from: v, count: k)
    }
  }

  private func holdsExactly(_ support: UnsafePointer<UInt32>, _ k: Int) -> Bool {
    count == k && memcmp(indices.data, support, k * MemoryLayout<UInt32>.stride) == 0
  }

  func state(_ name: String) -> [NamedTensor] {
    [
      NamedTensor("\(name).visited", indices),
      NamedTensor("\(name).first_moment", first),
      NamedTensor("\(name).second_moment", second),
    ]
  }

  /// - Parameter bound: indices are below it.
  func restore(_ state: Checkpoint, _ name: String, below bound: Int) throws {
    let visited = try state.tensor("\(name).visited")
    guard visited.info.count <= bound else {
      throw visited.error("expected at most \(bound) elements")
    }
    moments.count = visited.info.count
    try visited.copyIndices(to: indices.elements, below: bound)
    for (kind, list) in [("first_moment", first), ("second_moment", second)] {
      try state.tensor("\(name).\(kind)", shape: [count]).copy(to: list.elements)
    }
  }
}

extension NamedTensor {
  /// A tensor of a list's elements.
  init<T: MatrixElement>(_ name: String, _ list: GrowingList<T>) {
    let type: TensorType = T.self == UInt32.self ? .uint32 : .float32
    self.init(name, type, shape: [list.count]) { body in
      try body(UnsafeRawBufferPointer(list.elements))
    }
  }
}

extension TensorView {
  /// The elements of a tensor of indices, which must ascend and be below `bound`.
  /// - Throws: `InputError` when the tensor has another type or size, or other values.
  package func copyIndices(to destination: UnsafeMutableBufferPointer<UInt32>, below bound: Int)
    throws
  {
    guard info.type == .uint32, info.count == destination.count else {
      throw error("expected \(destination.count) elements of type U32")
    }
    withUnsafeBytes { UnsafeMutableRawBufferPointer(destination).copyMemory(from: $0) }
    var least = 0
    for index in destination {
      guard Int(index) >= least, Int(index) < bound else {
        throw error("expected ascending indices below \(bound)")
      }
      least = Int(index) + 1
    }
  }
}

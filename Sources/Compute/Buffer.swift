import Foundation

/// Memory with an owner: zeroed, aligned to cache lines, counted in a ledger, freed with its last reference.
package final class Buffer<Element: MatrixElement> {
  package let data: UnsafeMutablePointer<Element>
  package let count: Int
  private let kind: MemoryLedger.Kind
  private let ledger: MemoryLedger

  package init(count: Int, _ kind: MemoryLedger.Kind, _ ledger: MemoryLedger) {
    let bytes = max(64, count * MemoryLayout<Element>.stride)
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, 64, bytes) == 0, let raw = memory else { outOfMemory(bytes) }
    memset(raw, 0, bytes)
    data = raw.bindMemory(to: Element.self, capacity: count)
    self.count = count
    self.kind = kind
    self.ledger = ledger
    ledger.noteSystemAllocation()
    ledger.hold(count * MemoryLayout<Element>.stride, kind)
  }

  deinit {
    ledger.release(count * MemoryLayout<Element>.stride, kind)
    free(data)
  }

  package var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: data, count: count)
  }

  package func matrix(rows: Int, columns: Int) -> Matrix<Element> {
    precondition(rows * columns <= count)
    return Matrix(data, rows: rows, columns: columns)
  }

  package func zero() { memset(data, 0, count * MemoryLayout<Element>.stride) }
}

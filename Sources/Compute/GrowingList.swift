/// Elements that may become more, up to a bound, without ever moving.
package final class GrowingList<Element: MatrixElement> {
  private let space: AddressSpace
  private let bound: Int
  private let kind: MemoryLedger.Kind
  private let ledger: MemoryLedger

  /// An empty list that may hold up to `bound` elements.
  /// - Throws: `InputError` when the system refuses the address space.
  package init(upTo bound: Int, _ kind: MemoryLedger.Kind, _ ledger: MemoryLedger) throws {
    space = try AddressSpace(bound * MemoryLayout<Element>.stride)
    self.bound = bound
    self.kind = kind
    self.ledger = ledger
  }

  deinit { ledger.release(count * MemoryLayout<Element>.stride, kind) }

  package var data: UnsafeMutablePointer<Element> {
    space.base.assumingMemoryBound(to: Element.self)
  }

  /// The number of elements; new ones are what was there before, or zero.
  package var count = 0 {
    didSet {
      precondition(0...bound ~= count, "\(count) elements in a list of \(bound)")
      space.reach(count * MemoryLayout<Element>.stride)
      ledger.hold((count - oldValue) * MemoryLayout<Element>.stride, kind)
    }
  }

  package var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: data, count: count)
  }
}

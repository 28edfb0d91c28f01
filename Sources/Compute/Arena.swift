import Foundation
import Support

/// Memory for the matrices of one step, handed out in order and taken back all at once.
///
/// It grows in place. After the largest batch has been seen nothing is allocated and no page faults happen. What is handed out is not cleared: debug builds fill it with NaNs, so that reading before writing
/// shows.
package final class Arena {
  /// A position to return to.
  package struct Mark {
    fileprivate let offset: Int
  }

  let space: AddressSpace
  private(set) var offset = 0 {
    didSet {
      guard offset > touched else { return }
      touched = offset
      growths += 1
    }
  }
  /// As far as the memory has been in use.
  private var touched = 0
  /// How often it was in use further than ever before: constant in the steady state of training.
  private(set) var growths = 0
  /// Where what is handed out has to end.
  var limit: Int
  private let kind: MemoryLedger.Kind
  private let ledger: MemoryLedger

  /// - Parameter room: the most bytes it may ever hold; unless given, what the machine has.
  /// - Throws: `InputError` when the system refuses the address space.
  package init(_ kind: MemoryLedger.Kind, _ ledger: MemoryLedger, room: Int? = nil) throws {
    space = try AddressSpace(room ?? AddressSpace.machine)
    limit = space.room
    self.kind = kind
    self.ledger = ledger
  }

  deinit { ledger.release(offset, kind) }

  package var mark: Mark { Mark(offset: offset) }

  /// Takes back everything handed out after `mark` was read.
  package func reset(to mark: Mark) {
    ledger.release(offset - mark.offset, kind)
    offset = mark.offset
  }

  /// Takes back what `body` was handed, when it returns.
  package func scope<R>(_ body: () throws -> R) rethrows -> R {
    let start = mark
    defer { reset(to: start) }
    return try body()
  }

  package func allocate<T: MatrixElement>(_ count: Int, of type: T.Type = T.self)
    -> UnsafeMutablePointer<T>
  {
    let bytes = Self.size(count, of: type)
    precondition(offset + bytes <= limit, "the machine's memory cannot hold this batch")
    space.reach(offset + bytes)
    let start = space.base + offset
    offset += bytes
    ledger.hold(bytes, kind)
    #if DEBUG
      memset(start, 0xFF, bytes)
    #endif
    return start.bindMemory(to: T.self, capacity: count)
  }

  /// How many bytes are taken for `count` elements: whole cache lines.
  package static func size<T: MatrixElement>(_ count: Int, of type: T.Type) -> Int {
    (count * MemoryLayout<T>.stride + 63) & ~63
  }

  package func matrix<T: MatrixElement>(_ rows: Int, _ columns: Int, of type: T.Type = T.self)
    -> Matrix<T>
  {
    Matrix(allocate(rows * columns), rows: rows, columns: columns)
  }
}

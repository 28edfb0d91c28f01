/// Buffers that several owners need for a while, one after another.
package final class BufferPool {
  private var free: [Int: [Buffer<Float>]] = [:]
  private let kind: MemoryLedger.Kind
  private let ledger: MemoryLedger

  package init(_ kind: MemoryLedger.Kind, _ ledger: MemoryLedger) {
    self.kind = kind
    self.ledger = ledger
  }

  /// A buffer of zeros.
  package func take(_ count: Int) -> Buffer<Float> {
    guard let buffer = free[count]?.popLast() else { return Buffer(count: count, kind, ledger) }
    buffer.zero()
    return buffer
  }

  /// Takes a buffer back.
  package func give(_ buffer: Buffer<Float>) { free[buffer.count, default: []].append(buffer) }
}

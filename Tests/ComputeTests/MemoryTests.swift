import Testing

@testable import Compute

/// Arenas and the ledger.
@Suite(.serialized) struct MemoryTests {
  @Test func scopesGiveBack() throws {
    let engine = try Engine()
    let outer = engine.scratch.matrix(10, 10, of: Float.self)
    outer.elements.update(repeating: 1)
    var inner: UnsafeMutablePointer<Float>?
    engine.scratch.scope {
      let matrix = engine.scratch.matrix(1000, 10, of: Float.self)
      matrix.elements.update(repeating: 2)
      inner = matrix.data
      #expect(engine.ledger.current[.temporary] == 448 + 40_000)
    }
    #expect(engine.ledger.current[.temporary] == 448)
    #expect(engine.ledger.peak[.temporary] == 40_448)
    #expect(engine.scratch.matrix(1, 1, of: Float.self).data == inner)
    #expect(outer.elements.allSatisfy { $0 == 1 })
  }

  @Test func alignment() throws {
    let engine = try Engine()
    for count in [1, 3, 16, 17] {
      let address = Int(bitPattern: engine.scratch.allocate(count, of: Float.self))
      #expect(address % 64 == 0)
    }
  }

  @Test func buffers() {
    let ledger = MemoryLedger()
    do {
      let buffer = Buffer<Float>(count: 100, .optimizer, ledger)
      #expect(buffer.elements.allSatisfy { $0 == 0 })
      _ = Buffer<UInt32>(count: 10, .weights, ledger)
      #expect(ledger.current[.optimizer] == 400)
      #expect(ledger.systemAllocations == 2)
    }
    #expect(ledger.current[.optimizer] == 0)
    #expect(ledger.peak[.optimizer] == 400)
    #expect(ledger.peakTotal == 440)
    ledger.resetPeaks()
    #expect(ledger.peakTotal == 0)
  }
}

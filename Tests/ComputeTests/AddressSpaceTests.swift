import Foundation
import Testing

@testable import Compute

/// Addresses that grow in place.
struct AddressSpaceTests {
  @Test func nothingMoves() throws {
    let space = try AddressSpace(1 << 33)
    #expect(space.size == 0)
    let first = space.base.assumingMemoryBound(to: UInt8.self)
    var end = 1
    while end < 1 << 28 {
      space.reach(end)
      #expect(end <= space.size && space.size <= space.room)
      first[end - 1] = UInt8(end % 251)
      end = end * 3 + 1
    }
    end = 1
    while end < 1 << 28 {
      #expect(first[end - 1] == UInt8(end % 251))
      end = end * 3 + 1
    }
    #expect(space.base == UnsafeMutableRawPointer(first))
  }

  /// What is not used costs no addresses of the process.
  @Test func onlyWhatIsUsedIsAskedFor() throws {
    let before = try addresses()
    let spaces = try (0..<64).map { _ in try AddressSpace(1 << 36) }
    for space in spaces { space.reach(1000) }
    // Other tests run beside this one.
    #expect(try addresses() - before < 1 << 34)
    #expect(spaces.allSatisfy { $0.size <= 1 << 21 })
    let starts = spaces.map { Int(bitPattern: $0.base) }.sorted()
    for (a, b) in zip(starts, starts.dropFirst()) { #expect(b - a >= 1 << 36) }
  }

  @Test func aBoundIsReachedExactly() throws {
    let space = try AddressSpace(3 << 20)
    space.reach(3 << 20)
    #expect(space.size == 3 << 20)
    (space.base + (3 << 20) - 1).storeBytes(of: 1, as: UInt8.self)
  }

  @Test func placesAreTakenAgain() throws {
    for _ in 0..<2000 {
      let space = try AddressSpace(1 << 40)
      space.reach(1)
      space.base.storeBytes(of: 1, as: UInt8.self)
    }
  }

  /// Arenas, lists and gradients keep what they hold when they grow.
  @Test func arenasGrow() throws {
    let engine = try Engine(threads: 1)
    let first: UnsafeMutablePointer<Float> = engine.scratch.allocate(1000)
    first.update(repeating: 3, count: 1000)
    var last = first
    for size in 1...40 {
      last = engine.scratch.allocate(size << 14)
      last.update(repeating: Float(size), count: size << 14)
    }
    #expect((0..<1000).allSatisfy { first[$0] == 3 })
    #expect(last[(40 << 14) - 1] == 40)

    let list = try GrowingList<Float>(upTo: 1 << 22, .optimizer, engine.ledger)
    list.count = 10
    list.data[9] = 9
    list.count = 1 << 22
    #expect(list.data[9] == 9 && list.data[(1 << 22) - 1] == 0)
  }

  private func addresses() throws -> Int {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      .split(separator: " ").first.flatMap { Int($0) }
    return try #require(pages) * Int(getpagesize())
  }
}

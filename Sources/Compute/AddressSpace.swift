import Foundation
import Support
import Synchronization

/// Addresses in a row, more of them as they are needed, without what is there ever moving.
///
/// Every space has a stretch of the processor's addresses to itself, and asks the system only for the part of it that
/// is in use. So it may become as large as the machine allows, and yet limits on a process (`ulimit -v`) and a system
/// that promises no memory it does not have see what is used, not what might be. The system commits a page when it is
/// first written, and it stays.
final class AddressSpace {
  let base: UnsafeMutableRawPointer
  /// How large it may become.
  let room: Int
  /// As far as the system has given the addresses.
  private(set) var size: Int

  /// - Parameter room: how many bytes it may ever hold.
  /// - Throws: `InputError` when the system refuses.
  init(_ room: Int) throws {
    self.room = room.roundedUp(to: Self.page)
    if let base = Stretches.take(self.room) {
      (self.base, size) = (base, 0)
      return
    }
    // Nobody else should be there, but some tools that watch a process are. Then all of it is asked for now.
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let mapped = mmap(nil, self.room, PROT_READ | PROT_WRITE, Int32(flags), -1, 0)
    guard let mapped, mapped != MAP_FAILED else { throw InputError.memory(self.room) }
    (base, size) = (mapped, self.room)
  }

  deinit {
    if size > 0 { munmap(base, size) }
    Stretches.give(base)
  }

  /// Makes sure that the first `end` bytes can be used. When the system refuses, the process ends.
  func reach(_ end: Int) {
    if end <= size { return }
    precondition(end <= room, "\(end) bytes in a space for \(room)")
    // Ahead of what is needed, so that it is not asked for often; but not where that is what a limit forbids.
    let ahead = max(end, size + size / 8).roundedUp(to: Self.step)
    if map(to: min(room, ahead)) || map(to: end.roundedUp(to: Self.page)) { return }
    outOfMemory(end - size)
  }

  private func map(to end: Int) -> Bool {
    guard Stretches.map(base + size, end - size) else { return false }
    size = end
    return true
  }

  /// Room for all that the machine could ever hold.
  static let machine = max(1 << 36, Int(ProcessInfo.processInfo.physicalMemory))

  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  private static let step = 1 << 21
}

/// Who has which part of the processor's addresses: from 32 to 80 TiB, where neither programs and their libraries nor
/// what the system places by itself ever are.
private enum Stretches {
  private static let all = 0x2000_0000_0000..<0x5000_0000_0000
  private static let taken = Mutex<[Range<Int>]>([])

  /// A free stretch, of which nothing is mapped yet; nil when there is none or it cannot be used.
  static func take(_ bytes: Int) -> UnsafeMutableRawPointer? {
    taken.withLock { taken in
      var start = all.lowerBound
      var place = taken.endIndex
      for (i, range) in taken.enumerated() {
        if range.lowerBound - start >= bytes {
          place = i
          break
        }
        start = range.upperBound
      }
      guard bytes <= all.upperBound - start, let base = UnsafeMutableRawPointer(bitPattern: start),
        map(base, 1)
      else { return nil }
      munmap(base, 1)
      taken.insert(start..<start + bytes, at: place)
      return base
    }
  }

  static func give(_ base: UnsafeMutableRawPointer) {
    taken.withLock { $0.removeAll { $0.lowerBound == Int(bitPattern: base) } }
  }

  /// Asks the system for just these addresses.
  static func map(_ start: UnsafeMutableRawPointer, _ bytes: Int) -> Bool {
    let onlyThere: Int32 = 0x100000  // MAP_FIXED_NOREPLACE
    let flags = Int32(MAP_PRIVATE | MAP_ANONYMOUS) | onlyThere
    let mapped = mmap(start, bytes, PROT_READ | PROT_WRITE, flags, -1, 0)
    if mapped == start { return true }
    // A kernel that does not know the flag takes the address as a suggestion.
    if let mapped, mapped != MAP_FAILED { munmap(mapped, bytes) }
    return false
  }
}

extension Int {
  fileprivate func roundedUp(to unit: Int) -> Int { (Swift.max(1, self) + unit - 1) / unit * unit }
}

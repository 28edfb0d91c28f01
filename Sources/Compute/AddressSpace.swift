import Foundation
import Support

/// Addresses without memory behind them: the system commits a page when it is first written, and it stays.
final class AddressSpace {
  let base: UnsafeMutableRawPointer
  let size: Int

  /// - Throws: `InputError` when the system refuses.
  init(_ size: Int) throws {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let mapped = mmap(nil, max(1, size), PROT_READ | PROT_WRITE, Int32(flags), -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      throw InputError(
        "memory", "the system refuses \(size) bytes of address space, expected no limit on it")
    }
    base = mapped
    self.size = max(1, size)
  }

  deinit { munmap(base, size) }
}

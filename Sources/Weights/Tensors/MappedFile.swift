import Foundation
import Support

/// A file mapped into memory, read-only, until the last reference goes.
///
/// Pages are read when touched and can be dropped again by the system, so a mapped file costs no
/// memory of its own, except where it was made of a copy. Replacing the file by renaming (as `AtomicOutput` does) leaves the mapping
/// intact; truncating it in place while it is mapped does not.
final class MappedFile: Sendable {
  let url: URL
  /// Valid as long as this object lives. Never written after `init`, hence safe to share.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  /// Where the bytes are.
  let home: Home

  /// Where bytes are that are in memory.
  enum Home {
    /// In a file: the system reads them again when it has taken their pages back.
    case file
    /// Nowhere else.
    case memory
  }

  /// - Throws: `InputError` when there is no such file, or it cannot be read or mapped.
  init(_ url: URL) throws {
    func failure(_ problem: String) -> InputError {
      InputError(url.path, "\(problem): \(String(cString: strerror(errno)))")
    }
    // Not blocking: opening a pipe would wait for its writer.
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("cannot be read") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw InputError(url.path, "expected a file")
    }
    self.url = url
    home = .file
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let count = Int(status.st_size)
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw failure("cannot be mapped") }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  /// Memory that stands for a part of a file in another order than it has there.
  /// - Parameter fill: writes all of it.
  /// - Throws: `InputError` when there is not so much memory.
  init(
    copyOf url: URL, count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    let memory = mmap(
      nil, max(1, count), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw InputError(url.path, "no memory for \(count) bytes of it")
    }
    self.url = url
    home = .memory
    bytes = UnsafeRawBufferPointer(start: memory, count: max(1, count))
    try fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}

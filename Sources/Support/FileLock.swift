import Foundation

/// A file or folder that one process at a time holds. The system lets go of it when its process ends, however it ends.
///
/// Where the file system has no locks, everybody has them.
package final class FileLock {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  // Closing also unlocks.
  deinit { close(descriptor) }

  /// Waits until a file is free; makes it if it is not there.
  /// - Parameter isInterrupted: is asked often; once it says true, the wait ends without the lock.
  /// - Throws: `InputError` when it cannot be made.
  package static func waiting(
    for url: URL, isInterrupted: () -> Bool = { false }
  ) throws -> FileLock? {
    let lock = try made(url)
    while lock.isHeldElsewhere() {
      if isInterrupted() { return nil }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return lock
  }

  /// Takes a file, which is made if it is not there; nil while another process holds it, or has just removed it.
  /// - Throws: `InputError` when it cannot be made.
  package static func ifFree(_ url: URL) throws -> FileLock? {
    let lock = try made(url)
    if lock.isHeldElsewhere() { return nil }
    // One that was removed meanwhile keeps nobody out; the next attempt finds another.
    return isOpen(lock.descriptor, at: url) ? lock : nil
  }

  /// Whether what is held is still what is found at `url`: nobody has removed or replaced it.
  package func isHeld(at url: URL) -> Bool { descriptor < 0 || isOpen(descriptor, at: url) }

  /// Takes a folder; nil while another process holds it.
  package static func ifFree(folder: URL) -> FileLock? {
    // A folder that cannot be opened cannot be held either: whoever writes into it says why.
    let lock = FileLock(open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    return lock.isHeldElsewhere() ? nil : lock
  }

  /// Takes a file that is there and that nobody holds. Where files cannot be locked, nil: one cannot know.
  package static func ifAbandoned(_ url: URL) -> FileLock? {
    let descriptor = open(url.path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    let lock = FileLock(descriptor)
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? lock : nil
  }

  private static func made(_ url: URL) throws -> FileLock {
    let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw InputError(url.path, "cannot be written: \(String(cString: strerror(errno)))")
    }
    return FileLock(descriptor)
  }

  /// Tries to take it.
  private func isHeldElsewhere() -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}

/// Whether an open file or folder is the one that is found at `url`.
package func isOpen(_ descriptor: Int32, at url: URL) -> Bool {
  var (held, found) = (stat(), stat())
  return fstat(descriptor, &held) == 0 && stat(url.path, &found) == 0
    && held.st_ino == found.st_ino && held.st_dev == found.st_dev
}

import Foundation
import Support

/// A file that one process at a time holds. The system lets go of it when its process ends, however it ends.
final class FileLock {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  // Closing also unlocks.
  deinit { close(descriptor) }

  /// Waits until the file is free; makes it if it is not there.
  /// - Throws: `InputError` when it cannot be made.
  static func waiting(for url: URL) throws -> FileLock {
    let lock = try opened(url)
    while flock(lock.descriptor, LOCK_EX) != 0, errno == EINTR {}
    return lock
  }

  /// Takes a file, which is made if it is not there; nil while another process holds it, or has just removed it.
  /// - Throws: `InputError` when it cannot be made.
  static func ifFree(_ url: URL) throws -> FileLock? {
    let lock = try opened(url)
    // Where files cannot be locked, everybody has them.
    if flock(lock.descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return nil }
    // One that was removed meanwhile keeps nobody out; the next attempt finds another.
    var (held, found) = (stat(), stat())
    let isThere =
      fstat(lock.descriptor, &held) == 0 && stat(url.path, &found) == 0
      && held.st_ino == found.st_ino && held.st_dev == found.st_dev
    return isThere ? lock : nil
  }

  private static func opened(_ url: URL) throws -> FileLock {
    let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw InputError(url.path, "cannot be written: \(String(cString: strerror(errno)))")
    }
    return FileLock(descriptor)
  }

  /// Takes a file that is there and that nobody holds. Where files cannot be locked, nil: one cannot know.
  static func ifAbandoned(_ url: URL) -> FileLock? {
    let descriptor = open(url.path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    let lock = FileLock(descriptor)
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? lock : nil
  }
}

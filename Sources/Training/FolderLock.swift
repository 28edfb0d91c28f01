import Foundation
import Support

/// Keeps a folder to one process: two runs that write the same one would mix their files.
final class FolderLock {
  private let descriptor: Int32

  /// - Throws: `InputError` when another process has the folder.
  init(_ folder: URL) throws {
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else {
      return  // It is ours, or the file system has no locks.
    }
    close(descriptor)
    throw InputError(folder.path, "is being written by another run")
  }

  // Closing also unlocks.
  deinit { close(descriptor) }
}

import Foundation

/// The folder that holds all temporary folders of this process.
///
/// The process keeps it locked, and the system takes the lock away however the process ends. So a later one knows
/// what a process has left that was killed, and removes it.
package final class FolderOfProcess: Sendable {
  static let shared: Result<FolderOfProcess, any Error> = Result {
    let parent = FileManager.default.temporaryDirectory
    removeAbandoned(in: parent)
    let folder = try FolderOfProcess(in: parent)
    atexit { try? FileManager.default.removeItem(at: FolderOfProcess.shared.get().url) }
    return folder
  }

  struct Failure: Error { let problem: String }

  private static let prefix = "sparsegrad-tests-"

  package let url: URL
  private let lock: FolderLock

  /// Makes and locks a folder.
  package init(in parent: URL) throws {
    // Who looks for abandoned folders may take a new one for such a folder before it is locked.
    for _ in 0..<100 {
      let url = parent.appendingPathComponent(Self.prefix + UUID().uuidString.prefix(8))
      // Others may go through it: PostgreSQL runs as another user where the tests run as root.
      guard mkdir(url.path, 0o711) == 0 else { break }
      if let lock = FolderLock(url), FileManager.default.fileExists(atPath: url.path) {
        (self.url, self.lock) = (url, lock)
        return
      }
    }
    throw Failure(
      problem: "\(parent.path): no folder can be made: \(String(cString: strerror(errno)))")
  }

  /// A short name, because a socket's path may have only 107 bytes.
  func newPlace() -> URL { url.appendingPathComponent(String(UUID().uuidString.prefix(8))) }

  /// Removes the folders that no process holds any more.
  package static func removeAbandoned(in parent: URL) {
    for name in parent.contents where name.hasPrefix(prefix) {
      let folder = parent.appendingPathComponent(name)
      guard let lock = FolderLock(folder) else { continue }
      withExtendedLifetime(lock) { try? FileManager.default.removeItem(at: folder) }
    }
  }
}

/// A folder that only this process has, until it lets go of it or ends.
private final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Nil if another process has it.
  init?(_ folder: URL) {
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}

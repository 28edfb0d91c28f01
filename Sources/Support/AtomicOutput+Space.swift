import Foundation

extension AtomicOutput {
  /// Checks that there is room for a large file before it is begun.
  /// - Parameters:
  ///   - bytes: the size of the file.
  ///   - url: where it will be; it need not be there, nor its folder.
  /// - Throws: `InputError` naming the file, and how much is needed and free.
  package static func checkSpace(_ bytes: Int, for url: URL) throws {
    var folder = url.standardizedFileURL.deletingLastPathComponent()
    while !isFolder(folder), folder.path != "/" { folder.deleteLastPathComponent() }
    var status = statvfs()
    // A file system that does not say how much is free says so when it is full.
    guard statvfs(folder.path, &status) == 0 else { return }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    guard UInt64(clamping: bytes) > free else { return }
    throw InputError(
      url.path, "cannot be written: \(free) bytes are free, expected at least \(bytes)")
  }
}

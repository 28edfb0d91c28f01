import Foundation

/// Output that appears whole or not at all: it is written beside its place, flushed to the disk and
/// renamed into it. A process killed half-way leaves at most a file whose name begins with `.partial-`.
public enum AtomicOutput {
  /// Writes `data` to `url`, replacing a file that is there.
  /// - Throws: `InputError` naming the file and the system's reason (no space, no permission, ...).
  public static func write(_ data: Data, to url: URL) throws {
    try file(at: url) { try $0.write(contentsOf: data) }
  }

  /// Opens a temporary file beside `url`, hands it to `body`, then renames it to `url`.
  /// - Throws: what `body` throws, or `InputError` naming the file and the system's reason.
  public static func file(at url: URL, _ body: (FileHandle) throws -> Void) throws {
    let temporary = url.deletingLastPathComponent()
      .appendingPathComponent(".partial-\(getpid())-\(url.lastPathComponent)")
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: temporary)
      let handle = try FileHandle(forWritingTo: temporary)
      defer { try? handle.close() }
      try body(handle)
      try handle.synchronize()
      guard rename(temporary.path, url.path) == 0 else {
        throw InputError(url.path, "cannot be put in place: \(String(cString: strerror(errno)))")
      }
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw explained(error, url)
    }
  }

  private static func explained(_ error: any Error, _ url: URL) -> any Error {
    if error is InputError { return error }
    let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
    if reason.domain == NSPOSIXErrorDomain {
      return InputError(
        url.path, "cannot be written: \(String(cString: strerror(Int32(reason.code))))")
    }
    return InputError(url.path, "cannot be written: \(error.localizedDescription)")
  }
}

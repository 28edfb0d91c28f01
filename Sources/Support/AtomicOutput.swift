import CFiles
import Foundation

/// Output that appears whole or not at all: it is written beside its place, flushed to the disk and
/// renamed into it. A process killed half-way leaves at most something whose name begins with
/// `.partial-`.
public enum AtomicOutput {
  /// Writes `data` to `url`, replacing a file that is there.
  /// - Throws: `InputError` naming the file and the system's reason (no space, no permission, ...).
  public static func write(_ data: Data, to url: URL) throws {
    try file(at: url) { try $0.write(contentsOf: data) }
  }

  /// Opens a temporary file beside `url`, hands it to `body`, then renames it to `url`.
  /// - Throws: what `body` throws, or `InputError` naming the file and the system's reason.
  public static func file(at url: URL, _ body: (FileHandle) throws -> Void) throws {
    guard canBeReplaced(url) else {
      throw InputError(url.path, "is a device or a pipe, expected the name of a file")
    }
    try replace(url) { temporary in
      let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      try check(descriptor)
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      defer { try? handle.close() }
      try body(handle)
      try handle.synchronize()
      try check(rename(temporary.path, url.path))
    }
  }

  /// Makes a temporary folder beside `url`, hands it to `body` to fill, then renames it to `url`.
  ///
  /// A folder that is there changes places with the new one in one step, and is removed afterwards. On a file system
  /// that cannot do that it is moved aside first; a process killed between the two renames then leaves both folders
  /// whole under `.partial-` names, and none at `url`.
  /// - Throws: what `body` throws, or `InputError` naming the folder and the system's reason.
  public static func folder(at url: URL, _ body: (URL) throws -> Void) throws {
    try replace(url) { temporary in
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: false)
      try body(temporary)
      try synchronizeTree(temporary)
      let replaces = isFolder(url)
      if replaces, exchange(temporary, url) {
        try? FileManager.default.removeItem(at: temporary)
        return
      }
      let old = sibling(of: url, "old-")
      try? FileManager.default.removeItem(at: old)
      if replaces { try check(rename(url.path, old.path)) }
      guard rename(temporary.path, url.path) == 0 else {
        let reason = errno
        if replaces { rename(old.path, url.path) }
        throw POSIXFailure(code: reason)
      }
      try? FileManager.default.removeItem(at: old)
    }
  }

  /// Makes a folder, and those it is in, unless it is there.
  /// - Throws: `InputError` naming the folder and the system's reason.
  public static func makeFolder(at url: URL) throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw InputError(
        url.path, "cannot be created: \(reason(error) ?? error.localizedDescription)")
    }
  }

  /// Removes a file or folder, if it is there: it is gone at once, and never seen half-removed.
  public static func remove(_ url: URL) {
    let old = sibling(of: url, "old-")
    guard rename(url.path, old.path) == 0 else { return }
    try? FileManager.default.removeItem(at: old)
  }

  /// Removes what killed processes have left in a folder; what a running process is writing stays.
  /// - Parameters:
  ///   - folder: the folder to write.
  ///   - output: of this name only, if one is given.
  public static func removeLeftovers(in folder: URL, of output: String? = nil) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names {
      guard let match = name.wholeMatch(of: /\.partial-(?:old-)?(\d+)-(.*)/),
        output.map({ $0 == match.2 }) ?? true, let writer = pid_t(match.1),
        writer == getpid() || (kill(writer, 0) != 0 && errno == ESRCH)
      else { continue }
      try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }
  }

  /// Runs `body` with a free temporary place beside `url`, where a failure leaves nothing behind.
  private static func replace(_ url: URL, _ body: (_ temporary: URL) throws -> Void) throws {
    let temporary = sibling(of: url, "")
    let parent = url.deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      try? FileManager.default.removeItem(at: temporary)
      try body(temporary)
      try synchronize(parent)
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw explained(error, url, temporary)
    }
  }

  static func sibling(of url: URL, _ mark: String) -> URL {
    url.deletingLastPathComponent()
      .appendingPathComponent(".partial-\(mark)\(getpid())-\(url.lastPathComponent)")
  }

  /// Whether a file may take the place of what is there: renamed onto a device, it would take that away from everybody.
  private static func canBeReplaced(_ url: URL) -> Bool {
    var status = stat()
    guard stat(url.path, &status) == 0 else { return true }
    return [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Lets two folders of one file system change places in one step.
  /// - Returns: whether they have: not every file system can.
  static func exchange(_ one: URL, _ other: URL) -> Bool {
    files_exchange(one.path, other.path) == 0
  }

  /// Flushes a folder, and all that is in it, to the disk.
  static func synchronizeTree(_ folder: URL) throws {
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      try synchronize(folder.appendingPathComponent(name))
    }
    try synchronize(folder)
  }

  static func synchronize(_ url: URL) throws {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    try check(descriptor)
    defer { close(descriptor) }
    // Some file systems cannot flush a folder and say so by EINVAL: then there is nothing to do.
    if fsync(descriptor) != 0, errno != EINVAL { throw POSIXFailure(code: errno) }
  }

  /// A system call's `errno`, before it is known which output it belongs to.
  private struct POSIXFailure: Error {
    let code: Int32
  }

  static func check(_ result: Int32) throws {
    if result < 0 { throw POSIXFailure(code: errno) }
  }

  /// Names the output, not its temporary place, and gives the system's reason.
  private static func explained(_ error: any Error, _ url: URL, _ temporary: URL) -> any Error {
    if let error = error as? InputError {
      // A file written inside a temporary folder.
      return InputError(
        error.source.replacingOccurrences(of: temporary.path, with: url.path), at: error.location,
        error.problem)
    }
    return reason(error).map { InputError(url.path, "cannot be written: \($0)") } ?? error
  }

  /// The system's reason, or nil when the error is not about files.
  package static func reason(_ error: any Error) -> String? {
    if let error = error as? POSIXFailure { return String(cString: strerror(error.code)) }
    guard error is CocoaError || error is POSIXError else { return nil }
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
    if cause.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(cause.code))) }
    switch (error as? CocoaError)?.code {
    case .fileReadNoPermission, .fileWriteNoPermission: return "Permission denied"
    case .fileReadNoSuchFile, .fileNoSuchFile: return "No such file or directory"
    default: return "the system gives no reason"
    }
  }
}

import Foundation

/// Files and folders that a user gave.
package enum InputFile {
  /// - Throws: `InputError` when there is no such folder, or it is a file.
  package static func checkFolder(_ url: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw missing(url, "folder")
    }
    guard isFolder.boolValue else { throw InputError(url.path, "is a file, expected a folder") }
  }

  /// The error for what is not there, which says why if it is a link that leads nowhere.
  /// - Parameter kind: what was expected.
  package static func missing(_ url: URL, _ kind: String) -> InputError {
    var status = stat()
    guard stat(url.path, &status) != 0 else { return InputError(url.path, "no such \(kind)") }
    let reason = errno
    if reason == ELOOP { return InputError(url.path, "is a symbolic link that leads to itself") }
    guard lstat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: url.path)
    else {
      return InputError(
        url.path,
        reason == ENOENT
          ? "no such \(kind)" : "cannot be reached: \(String(cString: strerror(reason)))")
    }
    return InputError(url.path, "is a symbolic link to \(target), which is not there")
  }

  /// The bytes of a file of UTF-8 text, without the byte order mark that some editors write;
  /// whether they are UTF-8 is not checked.
  /// - Throws: `InputError` when there is no such file, or it cannot be read.
  package static func textBytes(of url: URL) throws -> [UInt8] {
    withoutMark(try bytes(of: url))
  }

  /// The same of a file that gzip may have packed.
  /// - Throws: `InputError` when there is no such file, or it cannot be read or unpacked.
  package static func unpackedTextBytes(of url: URL) throws -> [UInt8] {
    let bytes = try bytes(of: url)
    return withoutMark(Gzip.isPacked(bytes) ? try Gzip.unpacked(bytes, url.path) : bytes)
  }

  private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    return bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
  }

  /// The bytes of a file.
  /// - Throws: `InputError` when there is no such file, or it cannot be read.
  package static func bytes(of url: URL) throws -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw missing(url, "file")
    }
    guard !isFolder.boolValue else { throw InputError(url.path, "is a folder, expected a file") }
    do {
      return [UInt8](try Data(contentsOf: url))
    } catch {
      throw InputError(
        url.path, "cannot be read: \(AtomicOutput.reason(error) ?? "the system gives no reason")")
    }
  }
}

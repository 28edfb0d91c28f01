import Foundation

/// Files and folders that a user gave.
package enum InputFile {
  /// - Throws: `InputError` when there is no such folder, or it is a file.
  package static func checkFolder(_ url: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw InputError(url.path, "no such folder")
    }
    guard isFolder.boolValue else { throw InputError(url.path, "is a file, expected a folder") }
  }

  /// The bytes of a file of UTF-8 text, without the byte order mark that some editors write;
  /// whether they are UTF-8 is not checked.
  /// - Throws: `InputError` when there is no such file, or it cannot be read.
  package static func textBytes(of url: URL) throws -> [UInt8] {
    let bytes = try bytes(of: url)
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    return bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
  }

  /// The bytes of a file.
  /// - Throws: `InputError` when there is no such file, or it cannot be read.
  package static func bytes(of url: URL) throws -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw InputError(url.path, "no such file")
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

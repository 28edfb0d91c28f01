import Foundation
import Support

/// A folder for the files of one test, removed when the test lets go of it.
package final class TemporaryFolder: Sendable {
  package let url: URL

  package init() throws {
    url = try FolderOfProcess.shared.get().newPlace()
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  package func callAsFunction(_ name: String) -> URL { url.appendingPathComponent(name) }

  /// Writes a file and returns its place.
  @discardableResult
  package func write(_ name: String, _ content: String) throws -> URL {
    try write(name, Array(content.utf8))
  }

  @discardableResult
  package func write(_ name: String, _ content: [UInt8]) throws -> URL {
    try AtomicOutput.write(Data(content), to: self(name))
    return self(name)
  }
}

/// Calls `body` with a fresh folder, which goes away afterwards.
package func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = try TemporaryFolder()
  return try withExtendedLifetime(folder) { try body(folder.url) }
}

extension URL {
  /// The names in a folder, hidden ones too, sorted; none if it is not there.
  package var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// The bytes of a file in this folder.
  package func data(_ name: String) throws -> Data {
    try Data(contentsOf: appendingPathComponent(name))
  }
}

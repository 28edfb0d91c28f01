import Foundation
import Support

/// A folder for the files of one test, removed when the test lets go of it.
final class TemporaryFolder: Sendable {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("DatasetsTests-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file and returns its place.
  func write(_ name: String, _ content: [UInt8]) throws -> URL {
    let file = url.appendingPathComponent(name)
    try AtomicOutput.write(Data(content), to: file)
    return file
  }

  func write(_ name: String, _ content: String) throws -> URL {
    try write(name, Array(content.utf8))
  }
}

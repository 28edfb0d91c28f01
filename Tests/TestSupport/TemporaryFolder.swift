import Foundation
import SparseGrad

/// A folder for the files of one test, removed when the test lets go of it.
package final class TemporaryFolder: Sendable {
  package let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("TrainingTests-\(UUID().uuidString)")

  package init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  package func callAsFunction(_ name: String) -> URL { url.appendingPathComponent(name) }

  /// Writes a file and returns its place.
  @discardableResult
  package func write(_ name: String, _ content: String) throws -> URL {
    try AtomicOutput.write(Data(content.utf8), to: self(name))
    return self(name)
  }
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

  /// The object in a JSON file of this folder.
  package func json(_ name: String) throws -> [String: any Sendable] {
    try jsonObject(data(name))
  }

  /// `metrics.json` of this folder.
  package func figures() throws -> RunFigures {
    try JSONDecoder().decode(RunFigures.self, from: data("metrics.json"))
  }

  /// The objects in a file of JSON lines of this folder.
  package func jsonLines(_ name: String) throws -> [[String: any Sendable]] {
    try data(name).split(separator: UInt8(ascii: "\n")).map { try jsonObject(Data($0)) }
  }
}

package func jsonObject(_ data: Data) throws -> [String: any Sendable] {
  try JSONSerialization.jsonObject(with: data) as? [String: any Sendable] ?? [:]
}

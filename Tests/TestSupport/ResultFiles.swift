import Foundation
import SparseGrad
@_exported import TestFiles

extension URL {
  /// The object in a JSON file of this folder.
  package func json(_ name: String) throws -> [String: any Sendable] {
    try jsonObject(data(name))
  }

  /// `metrics.json` of this folder.
  package func figures() throws -> RunReport {
    try JSONDecoder().decode(RunReport.self, from: data("metrics.json"))
  }

  /// The objects in a file of JSON lines of this folder.
  package func jsonLines(_ name: String) throws -> [[String: any Sendable]] {
    try data(name).split(separator: UInt8(ascii: "\n")).map { try jsonObject(Data($0)) }
  }
}

package func jsonObject(_ data: Data) throws -> [String: any Sendable] {
  try JSONSerialization.jsonObject(with: data) as? [String: any Sendable] ?? [:]
}

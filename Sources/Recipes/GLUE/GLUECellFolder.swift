import Foundation
import Support

/// The folder of one cell: what a run of `FineTuning` writes, and `cell.json` when it has ended.
struct GLUECellFolder {
  static let recordName = "cell.json"
  let url: URL

  private var file: URL { url.appendingPathComponent(Self.recordName) }

  /// The record, if the run has ended.
  /// - Throws: `InputError` when the file is something else.
  func record() throws -> GLUECellRecord? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      return try JSONDecoder().decode(GLUECellRecord.self, from: Data(contentsOf: file))
    } catch {
      throw InputError(file.path, "is not the record of a run: \(error.localizedDescription)")
    }
  }

  /// The record of a run of just this setup.
  /// - Throws: `InputError` saying in what the run that is there differs.
  func record(of setup: GLUECellRecord.Setup) throws -> GLUECellRecord? {
    try record().map { try checked($0, of: setup) }
  }

  /// The record, after a look at its setup.
  /// - Throws: `InputError` saying in what it differs.
  func checked(_ record: GLUECellRecord, of setup: GLUECellRecord.Setup) throws -> GLUECellRecord {
    guard let difference = record.setup.difference(from: setup) else { return record }
    throw InputError(
      file.path,
      "was run with another \(difference); take another --output, or remove the folder")
  }

  func write(_ record: GLUECellRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicOutput.write(encoder.encode(record) + [UInt8(ascii: "\n")], to: file)
  }

  /// Whether the trained model is still there.
  var hasModel: Bool {
    FileManager.default.fileExists(atPath: url.appendingPathComponent("config.json").path)
  }

  /// Removes model and checkpoints; the records and the log stay.
  func removeModel() {
    let kept = [Self.recordName, "metrics.json", "log.jsonl"]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    for name in names where !kept.contains(name) {
      AtomicOutput.remove(url.appendingPathComponent(name))
    }
  }
}

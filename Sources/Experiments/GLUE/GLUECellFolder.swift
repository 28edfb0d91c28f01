import Foundation
import Support
import Training

/// The folder of one cell: what a run of `FineTuning` writes, and `cell.json` when it has ended.
struct GLUECellFolder {
  static let recordName = "cell.json"
  let url: URL

  private var file: URL { url.appendingPathComponent(Self.recordName) }

  /// The record, if the run has ended.
  /// - Throws: `InputError` when the file is something else.
  func record() throws -> GLUECellRecord? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let record: GLUECellRecord = try DecodedFile.read(file, as: "the record of a run")
    try record.figures?.validate(file)
    guard 0...1e12 ~= record.seconds else {
      throw InputError(file.path, at: "key \"seconds\"", "is out of range, expected from 0 to 1e12")
    }
    return record
  }

  /// The record of a run of just this setup.
  /// - Throws: `InputError` saying in what the run that is there differs.
  func record(of setup: GLUECellRecord.Setup) throws -> GLUECellRecord? {
    try record().map { try checked($0, of: setup) }
  }

  /// The record, after a look at its setup.
  /// - Throws: `InputError` saying in what it differs.
  func checked(_ record: GLUECellRecord, of setup: GLUECellRecord.Setup) throws -> GLUECellRecord {
    guard let difference = try record.setup.difference(from: setup) else { return record }
    throw InputError(
      file.path, at: "\"\(difference.key)\"",
      "was run with \(difference.mine ?? "none"), not \(difference.theirs ?? "none"); take another "
        + "\(Setting.output), or remove the folder")
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
  func removeModel() { RunFolder.removeResult(in: url) }

  /// What says that a process is at work on this cell.
  private var lock: URL { url.appendingPathComponent(".running.lock") }

  /// Keeps the cell to this process; nil while another one has it.
  /// - Throws: `InputError` when the folder cannot be made.
  func claim() throws -> FileLock? {
    try AtomicOutput.makeFolder(at: url)
    return try FileLock.ifFree(lock)
  }

  /// Removes the sign of a cell that has ended. Whoever waits for a file that is gone finds the record.
  func release() { try? FileManager.default.removeItem(at: lock) }
}

extension GLUECellRecord {
  /// The settings of the run in a folder, by name; nil where it is not one of a comparison.
  package static func settings(ofRunIn folder: URL) throws -> [String: String]? {
    try GLUECellFolder(url: folder).record()?.setup.settings.fields()
  }
}

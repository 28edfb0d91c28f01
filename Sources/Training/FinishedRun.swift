import Foundation
import Support

/// A run that has ended, as its output folder tells of it.
package struct FinishedRun: Sendable {
  package let folder: URL
  package let figures: RunReport
  /// The lines of its log.
  package let log: [RunLogLine]
  /// The most confident mistakes of its model; nil where there is no list of them.
  package let mistakes: [MistakeRecord]?
  /// Its settings by name; nil where its result was removed.
  package var settings: [String: String]?

  /// Reads a run's output folder.
  /// - Throws: `InputError` naming what is there instead: a run that goes on, one that was interrupted, a file of another
  ///   version, or no run.
  package init(folder: URL) throws {
    try InputFile.checkFolder(folder)
    guard FileLock.ifFree(folder: folder) != nil else {
      throw InputError(folder.path, "is still being written by a run, expected one that has ended")
    }
    self.folder = folder
    let file = folder.appendingPathComponent(RunFolder.metricsName)
    guard Self.exists(file) else { throw Self.withoutFigures(folder) }
    figures = try DecodedFile.read(file, as: "the figures of a run of this version")
    try figures.validate(file)
    log = try JSONLines.read(
      folder.appendingPathComponent(RunFolder.logName), as: "a line of a run's log")
    let list = folder.appendingPathComponent(RunFolder.mistakesName)
    mistakes = Self.exists(list) ? try JSONLines.read(list, as: "a mistake of a run") : nil
    settings = try RunFolder.settings(ofRunIn: folder)
  }

  private static func exists(_ file: URL) -> Bool {
    FileManager.default.fileExists(atPath: file.path)
  }

  private static func withoutFigures(_ folder: URL) -> InputError {
    let name = RunFolder.metricsName
    if exists(folder.appendingPathComponent(RunFolder.logName)) {
      return InputError(
        folder.path,
        "holds a run that has not ended, expected \(name), which a run writes at its end; \(Setting.resuming) goes on"
      )
    }
    return InputError(
      folder.path, "is not the output folder of a run, expected one that holds \(name)")
  }
}

import Foundation
import Support
import Training

/// A search, as its output folder tells of it; the storage of the study is not asked.
package struct FinishedSearch: Sendable {
  /// One trial that has ended.
  package struct Trial: Sendable {
    package let record: TrialRecord
    /// Nil of a trial that has failed.
    package let run: FinishedRun?
  }

  package let folder: URL
  /// The study's name.
  package let study: String
  /// By number.
  package let trials: [Trial]

  /// Whether a folder is that of a search.
  package static func isIn(_ folder: URL) -> Bool {
    FileManager.default.fileExists(
      atPath: folder.appendingPathComponent(SearchFolder.studyName).path)
  }

  /// Reads the output folder of a search.
  /// - Throws: `InputError` when a trial still runs, or a file is not what it should be.
  package init(folder: URL) throws {
    self.folder = folder
    study = try JSONField(contentsOf: folder.appendingPathComponent(SearchFolder.studyName))
      .required("study").string()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let records = try names.compactMap { name -> (URL, TrialRecord)? in
      let trial = folder.appendingPathComponent(name)
      let file = trial.appendingPathComponent(TrialRecord.fileName)
      guard FileManager.default.fileExists(atPath: file.path) else { return nil }
      return (trial, try DecodedFile.read(file, as: "the record of a trial"))
    }
    guard !records.isEmpty else {
      throw InputError(
        folder.path, "holds no trials, expected folders of them with \(TrialRecord.fileName)")
    }
    trials = try records.sorted { $0.1.number < $1.1.number }.map { url, record in
      let trial = TrialFolder(url: url)
      if trial.runner == .present {
        throw InputError(
          url.path, "is still being written by a trial, expected a search that rests")
      }
      return Trial(
        record: record, run: trial.score() == nil ? nil : try FinishedRun(folder: url))
    }
  }
}

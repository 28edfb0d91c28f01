import Foundation
import Support

/// The output folder of a search. Any number of search processes on one study may share it.
///
///     study.db     the default storage
///     study.json   which study the folder belongs to
///     trial-<n>/   the output of a trial, see `TrialFolder`
struct SearchFolder {
  let url: URL

  /// - Throws: `InputError` when the folder cannot be made, or holds trials of another study.
  init(_ url: URL, of study: OptunaStudy) throws {
    self.url = url
    try Self.create(url)
    let lock = try self.lock()
    defer { withExtendedLifetime(lock) {} }
    let owner: JSONValue = [
      "study": .string(study.name), "storage": .string(study.optuna.storageName),
    ]
    let file = url.appendingPathComponent("study.json")
    guard FileManager.default.fileExists(atPath: file.path) else {
      return try AtomicOutput.write(Data((owner.text(.indented) + "\n").utf8), to: file)
    }
    let found = try JSONField(contentsOf: file)
    guard found.value == owner else {
      let name = try found.required("study").string()
      let storage = try found.required("storage").string()
      throw InputError(
        url.path, "holds the trials of study \"\(name)\" in \(storage), expected another --output")
    }
  }

  /// Makes the folder, in which the default storage is made even before there is a study.
  /// - Throws: `InputError` with the system's reason.
  static func create(_ url: URL) throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw InputError(url.path, "cannot be created: \(error.localizedDescription)")
    }
  }

  /// Held while trials are asked for, claimed and told: what another process sees meanwhile is complete.
  func lock() throws -> FileLock {
    try FileLock.waiting(for: url.appendingPathComponent(".search.lock"))
  }

  /// The storage of a study that nobody else is to use: an SQLite file in the output folder.
  static func ownStorage(in url: URL) -> String {
    "sqlite:///" + url.appendingPathComponent("study.db").path
  }

  /// Whether the study is in the folder's own storage.
  func hasOwnStorage(_ study: OptunaStudy) -> Bool {
    study.optuna.storageName == Self.ownStorage(in: url)
  }

  func trial(_ number: Int) -> TrialFolder {
    TrialFolder(url: url.appendingPathComponent("trial-\(number)"))
  }
}

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
      try AtomicOutput.write(Data((owner.text(.indented) + "\n").utf8), to: file)
      return
    }
    let found = try JSONField(contentsOf: file)
    guard found.value == owner else {
      let name = try found.required("study").string()
      let storage = try found.required("storage").string()
      throw InputError(
        url.path, "holds the trials of study \"\(name)\" in \(storage), expected another --output")
    }
  }

  fileprivate static func create(_ url: URL) throws {
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

  /// The storage of a study that only users of this folder know.
  fileprivate static func ownStorage(in url: URL) -> String {
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

extension Optuna {
  /// The command with an SQLite file, `study.db`, in the output folder of a search; makes the folder.
  /// - Throws: `InputError` when the folder cannot be made, and as `init(storage:)`.
  public init(storageIn output: URL) throws {
    try self.init(storage: SearchFolder.ownStorage(in: output))
    try SearchFolder.create(output)
  }
}

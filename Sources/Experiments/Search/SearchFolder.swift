import Foundation
import Support

/// The output folder of a search. Any number of search processes on one study may share it.
///
///     study.db     the default storage
///     study.json   which study the folder belongs to
///     trial-<n>/   the output of a trial, see `TrialFolder`
package struct SearchFolder {
  static let studyName = "study.json"
  let url: URL
  /// What `study.json` says in a folder of the study.
  private let owner: JSONValue
  private var file: URL { url.appendingPathComponent(Self.studyName) }

  /// Makes the folder if need be, and only looks whose it is: the study need not be there yet, so that a folder
  /// that is refused leaves none behind.
  /// - Throws: `InputError` when it cannot be made, or holds trials of another study.
  package init(_ url: URL, ofStudy name: String, in optuna: Optuna) throws {
    self.url = url
    owner = ["study": .string(name), "storage": .string(optuna.storageName)]
    try AtomicOutput.makeFolder(at: url)
    _ = try isClaimed()
  }

  /// Makes it the study's; to be called with the lock.
  /// - Throws: `InputError` when it cannot be written, or has become another study's meanwhile.
  func claim() throws {
    guard try !isClaimed() else { return }
    try AtomicOutput.write(Data((owner.text(.indented) + "\n").utf8), to: file)
  }

  /// Whether it is the study's already; false when it is nobody's.
  private func isClaimed() throws -> Bool {
    guard FileManager.default.fileExists(atPath: file.path) else { return false }
    let found = try JSONField(contentsOf: file)
    guard found.value == owner else {
      let name = try found.required("study").string()
      let storage = try found.required("storage").string()
      throw InputError(
        url.path, "holds the trials of study \"\(name)\" in \(storage), expected another --output")
    }
    return true
  }

  /// Held while trials are asked for, claimed and told: what another process sees meanwhile is complete.
  /// - Returns: nil when the wait for other processes was interrupted.
  func lock(isInterrupted: () -> Bool) throws -> FileLock? {
    try FileLock.waiting(
      for: url.appendingPathComponent(".search.lock"), isInterrupted: isInterrupted)
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
    guard !output.path.contains("?") else {
      throw InputError(
        output.path,
        "has a question mark, which a storage URL cannot hold; expected another path, "
          + "or a storage elsewhere (--storage)")
    }
    try self.init(storage: SearchFolder.ownStorage(in: output))
    try AtomicOutput.makeFolder(at: output)
  }
}

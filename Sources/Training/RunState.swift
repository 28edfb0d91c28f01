import Foundation
import Support

/// What a resumed run has to know besides weights and optimiser: where it was, and how it was set.
struct RunState: Codable {
  var settings: TrainingSettings
  /// Digests of the model it started from and of its data.
  var model: String
  var data: String
  var step = 0
  var bestStep: Int?
  var bestValue: Double?
  var evaluationsWithoutImprovement = 0
  /// Seconds spent in steps, and the tokens they read.
  var seconds = 0.0
  var tokens = 0
  /// Set when early stopping has ended the run.
  var isFinished = false

  /// - Throws: `InputError` naming the first setting in which `other` differs.
  func check(continues other: RunState, in folder: URL) throws {
    let (mine, theirs) = (try other.fields(), try fields())
    for key in Set(mine.keys).union(theirs.keys).sorted() where mine[key] != theirs[key] {
      throw InputError(
        folder.path, at: "\"\(key)\"",
        "the run was started with \(theirs[key] ?? "none"), not \(mine[key] ?? "none"); "
          + "resume with the same settings, model and data")
    }
  }

  /// The settings and digests by name, as text.
  private func fields() throws -> [String: String] {
    let encoded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(settings))
    var fields = ["model": model, "data": data]
    for (key, value) in encoded as? [String: Any] ?? [:] {
      let text = try JSONSerialization.data(
        withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
      fields[key] = String(decoding: text, as: UTF8.self)
    }
    return fields
  }
}

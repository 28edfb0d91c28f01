import Foundation
import Support

/// What a resumed run has to know besides weights and optimiser: where it was, and how it was set.
struct RunState: Codable {
  var settings: TrainingSettings
  /// Digests of what it was given: the model it started from, its data, and a basis.
  var model: String
  var training: String
  var validation: String?
  var basis: String?

  var step = 0
  var bestStep: Int?
  var bestValue: Double?
  var evaluationsWithoutImprovement = 0
  /// Set when early stopping has ended the run.
  var isFinished = false

  // For the figures only.
  /// The loss of the last step.
  var loss = 0.0
  /// The metrics before the first step, where they were asked for.
  var before: [String: Double]?
  /// Seconds spent in steps, and the tokens they read.
  var seconds = 0.0
  var tokens = 0
  var preliminarySeconds = 0.0

  init(settings: TrainingSettings, model: String, training: String) {
    self.settings = settings
    self.model = model
    self.training = training
  }

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

  /// The settings and digests by name, as text; those of a method as `method.density.share`.
  private func fields() throws -> [String: String] {
    var fields = ["model": model, "training": training]
    fields["validation"] = validation
    fields["basis"] = basis
    fields["method"] = settings.method.name
    try collect(
      JSONSerialization.jsonObject(with: JSONEncoder().encode(settings)), at: [], into: &fields)
    // How often something is written down does not change what is computed.
    for key in fields.keys where key.hasPrefix("logInterval") || key.hasPrefix("saveInterval") {
      fields[key] = nil
    }
    return fields
  }

  private func collect(_ value: Any, at path: [String], into fields: inout [String: String]) throws
  {
    if let object = value as? [String: Any] {
      // Cases of an enumeration come as objects, their unnamed values under "_0"; which method it is has a
      // name already.
      for (key, value) in object {
        let isName = key != "_0" && key != "sparseGrad"
        try collect(value, at: path + (isName ? [key] : []), into: &fields)
      }
    } else {
      let text = try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
      fields[path.joined(separator: ".")] = String(decoding: text, as: UTF8.self)
    }
  }
}

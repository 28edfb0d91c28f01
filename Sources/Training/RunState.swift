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
  /// All metrics of the best step, by name.
  var bestMetrics: [String: Double]?
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
    try Self.check(fields(), other.fields(), in: folder)
  }

  /// - Throws: `InputError` naming the first field in which a run that was begun differs from what is wanted.
  static func check(_ begun: [String: String], _ wanted: [String: String], in folder: URL) throws {
    guard let difference = NamedDifference(begun, wanted) else { return }
    throw InputError(
      folder.path, at: "\"\(difference.key)\"",
      "the run was started with \(difference.mine ?? "none"), not \(difference.theirs ?? "none"); "
        + "resume with the same settings, model and data, or remove the folder")
  }

  /// The settings and digests by name, as text.
  private func fields() throws -> [String: String] {
    var fields = try settings.fields()
    fields["model"] = model
    fields["training"] = training
    fields["validation"] = validation
    fields["basis"] = basis
    return fields
  }
}

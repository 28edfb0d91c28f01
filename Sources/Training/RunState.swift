import Foundation
import Metrics
import Support

/// What a resumed run has to know besides weights and optimiser: where it was, and how it was set.
struct RunState: Codable {
  var settings: TrainingSettings
  /// Digests of what it was given: the model it started from, its data, and a basis.
  var model: String
  var training: String
  var validation: String?
  var basis: String?
  /// Where the model was, for people; nil in files of older versions.
  var path: String?
  /// A digest of the model's `config.json` with its head; nil in files of older versions.
  var configuration: String?

  var step = 0
  var bestStep: Int?
  var bestValue: Double?
  /// All metrics of the best step, by name.
  var bestMetrics: [String: Double]?
  /// The same for each class; nil in files of older versions.
  var bestClasses: ClassReport?
  /// Its most confident mistakes; nil in files of older versions.
  var bestMistakes: [Mistake]?
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

  init(settings: TrainingSettings, model: String, path: String, training: String) {
    self.settings = settings
    self.model = model
    self.path = path
    self.training = training
  }

  /// - Throws: `InputError` naming the model, if it is another, or the first setting in which `other` differs.
  /// - Parameter length: whether the other run may be longer or shorter.
  func check(continues other: RunState, _ length: Length, in folder: URL) throws {
    // Checkpoints hold only what trains: with another model they would be another.
    guard model == other.model else {
      throw InputError(
        other.path ?? folder.path,
        "is not the model that the run in \(folder.path) was started with, or has changed since: "
          + "its fingerprint is \(other.model), expected \(model)\(path.map { " of \($0)" } ?? "")")
    }
    var (mine, theirs) = (try fields(), try other.fields())
    if configuration == nil { theirs["configuration"] = nil }
    if length == .any {
      for key in ["epochs", "maximumSteps"] { (mine[key], theirs[key]) = (nil, nil) }
    }
    try Self.check(mine, theirs, in: folder)
  }

  /// How long a run must be to go on with another.
  enum Length {
    case same, any
  }

  /// Checks numbers against what a run can have written, before anything is computed with them.
  /// - Throws: `InputError` naming the key.
  func validate(_ file: URL) throws {
    func check(_ condition: Bool, _ key: String, _ expected: String) throws {
      guard condition else {
        throw InputError(file.path, at: "key \"\(key)\"", "is out of range, expected \(expected)")
      }
    }
    let steps = 0...1 << 31
    try check(steps ~= step, "step", "from 0 to \(steps.upperBound)")
    try check(bestStep.map { 0...step ~= $0 } ?? true, "bestStep", "a step that was taken")
    try check((bestStep == nil) == (bestValue == nil), "bestValue", "one for the best step")
    try check(
      steps ~= evaluationsWithoutImprovement, "evaluationsWithoutImprovement",
      "from 0 to \(steps.upperBound)")
    try check(0...1 << 53 ~= tokens, "tokens", "from 0 to 2^53")
    try check(loss.isFinite, "loss", "a finite number")
    for (key, value) in [("seconds", seconds), ("preliminarySeconds", preliminarySeconds)] {
      try check(0...1e12 ~= value, key, "from 0 to 1e12")
    }
  }

  /// - Throws: `InputError` naming the first field in which a run that was begun differs from what is wanted.
  static func check(_ begun: [String: String], _ wanted: [String: String], in folder: URL) throws {
    guard let difference = NamedDifference(begun, wanted) else { return }
    // A digest alone would not say what of.
    let of = difference.key == "configuration" ? " (of config.json and the labels)" : ""
    throw InputError(
      folder.path, at: "\"\(difference.key)\"\(of)",
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
    fields["configuration"] = configuration
    return fields
  }
}

import Training

/// What is kept of a run that has ended: the content of its `cell.json`.
public struct GLUECellRecord: Codable, Equatable, Sendable {
  /// Everything that decides a run's result.
  public struct Setup: Codable, Equatable, Sendable {
    /// The model's name, and the fingerprint of its tensors.
    public var model, fingerprint: String
    /// The task's name.
    public var task: String
    /// The method's name in tables.
    public var method: String
    /// The share of each MLP weight's elements that the method was to train.
    public var density: Double?
    /// How many examples there were.
    public var trainingExamples, validationExamples: Int
    /// Their fingerprints; nil in records of older versions.
    public var trainingFingerprint, validationFingerprint: String?
    /// How it was trained.
    public var settings: TrainingSettings

    private enum CodingKeys: String, CodingKey {
      case model, fingerprint, task, method, density, settings
      case trainingExamples = "training_examples"
      case validationExamples = "validation_examples"
      case trainingFingerprint = "training_fingerprint"
      case validationFingerprint = "validation_fingerprint"
    }
  }

  /// How it ended.
  public enum Outcome: Codable, Equatable, Sendable {
    /// With a model, its figures, and the metrics on MNLI's mismatched validation set.
    case finished(figures: RunReport, mismatched: [String: Double]?)
    /// With numbers that are not finite.
    case diverged(message: String)
  }

  /// What was run.
  public var setup: Setup
  /// What came of it.
  public var outcome: Outcome
  /// Wall-clock seconds of the run, loading and evaluations included; of its last part, if it was interrupted.
  public var seconds: Double
  /// Which models were to stay when it ended; nil in records of older versions.
  public var saveModels: GLUERetention?

  private enum CodingKeys: String, CodingKey {
    case setup, outcome, seconds
    case saveModels = "save_models"
  }

  /// The figures, unless the run diverged.
  public var figures: RunReport? {
    if case .finished(let figures, _) = outcome { figures } else { nil }
  }

  /// The value of the metric that chose the model, unless the run diverged.
  public var score: Double? { figures?.score }
}

extension GLUECellRecord.Setup {
  /// The first thing in which this setup differs from another; nil if they are the same run.
  func difference(from other: Self) throws -> NamedDifference? {
    var other = other
    // Records of older versions do not say what the data was.
    if trainingFingerprint == nil {
      (other.trainingFingerprint, other.validationFingerprint) = (nil, nil)
    }
    return try NamedDifference(fields(), other.fields())
  }

  /// What it says of the data.
  var data: GLUEData.Identity {
    GLUEData.Identity(
      trainingExamples: trainingExamples, validationExamples: validationExamples,
      trainingFingerprint: trainingFingerprint, validationFingerprint: validationFingerprint)
  }

  private func fields() throws -> [String: String] {
    var fields = try settings.fields()
    fields["model"] = fingerprint
    fields["task"] = task
    // Its name says what is set, in the user's words.
    fields["method"] = method
    fields["density"] = density.map { "\($0)" }
    fields["training_examples"] = "\(trainingExamples)"
    fields["validation_examples"] = "\(validationExamples)"
    fields["training_fingerprint"] = trainingFingerprint
    fields["validation_fingerprint"] = validationFingerprint
    return fields
  }
}

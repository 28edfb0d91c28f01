import Compute
import Layers
import Metrics

/// How often something happens.
public enum Interval: Codable, Equatable, Sendable {
  /// After so many steps.
  case steps(Int)
  /// At the end of so many epochs.
  case epochs(Int)
}

/// What a run leaves behind.
public enum ResultKind: String, CaseIterable, Codable, Sendable {
  /// A folder that `transformers` loads.
  case model
  /// A small folder that makes it of the model it was trained on.
  case adapter
  /// Both; the model is then the base with the adapter, bit for bit.
  case both
}

/// How training is computed, measured and written down.
public struct RunSettings: Codable, Equatable, Sendable {
  /// The precision of matrix products; nil takes that of a run that is resumed, else what is faster on this machine.
  public var precision: Precision?
  /// Whether the inside of blocks is computed again in the backward pass: less memory, about a third more time, and the same numbers.
  public var activationCheckpointing = ActivationCheckpointing.none
  /// How often the model is evaluated on the validation data.
  public var evaluation = Interval.epochs(1)
  /// Evaluations without improvement after which training ends; nil never ends it.
  public var patience: Int?
  /// The metric that chooses the best checkpoint; nil takes the task's first.
  public var metric: Metric?
  /// What the run leaves behind.
  public var save = ResultKind.model
  /// Steps between lines of the log.
  public var logInterval = 10
  /// Steps between checkpoints besides those after evaluations; nil means no others.
  public var saveInterval: Int?

  /// The defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case precision, activationCheckpointing, evaluation, patience, metric, save, logInterval,
      saveInterval
  }

  /// Reads what is there; the rest has its default value.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    precision = try values.read(.precision, else: precision)
    activationCheckpointing = try values.read(
      .activationCheckpointing, else: activationCheckpointing)
    evaluation = try values.read(.evaluation, else: evaluation)
    patience = try values.read(.patience, else: patience)
    metric = try values.read(.metric, else: metric)
    save = try values.read(.save, else: save)
    logInterval = try values.read(.logInterval, else: logInterval)
    saveInterval = try values.read(.saveInterval, else: saveInterval)
  }
}

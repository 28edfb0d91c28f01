import Support

/// One trial of a study: some flags' values, and what came of them.
public struct OptunaTrial: Equatable, Sendable {
  /// What has become of a trial, by Optuna's names.
  public enum State: String, CaseIterable, Sendable {
    /// It has a value.
    case complete = "COMPLETE"
    /// It was given up early; this package never does that.
    case pruned = "PRUNED"
    /// It ended without a value.
    case failed = "FAIL"
    /// It was asked for, and nothing has been told.
    case running = "RUNNING"
    /// It is prepared, and nobody has asked for it yet.
    case waiting = "WAITING"
  }

  /// Counted from 0.
  public let number: Int
  /// What has become of it.
  public let state: State
  /// The objective's value of a complete trial.
  public let value: Double?
  /// Values by flag (without dashes), as the text that goes on the command line.
  public let parameters: [String: String]

  /// Reads what `optuna ask` (which has no state: the trial runs) and `optuna trials` print.
  init(_ field: JSONField) throws {
    number = try field.required("number").integer()
    state = try field.optional("state")?.oneOf(State.self) ?? .running
    value = try field.optional("value")?.number()
    let values = try field.optional("params")?.members() ?? []
    parameters = try Dictionary(
      values.map { key, field in (key, try Self.text(field)) }, uniquingKeysWith: { $1 })
  }

  private static func text(_ field: JSONField) throws -> String {
    switch field.value {
    case .string(let text): text
    case .number(let number): number.text
    case .bool(let value): String(value)
    default: throw field.error(expected: "a text or a number")
    }
  }
}

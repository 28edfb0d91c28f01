import Foundation
import Metrics
import Support

/// A study in Optuna's storage: its trials, and the sampler that proposes the next.
///
/// Any number of processes, on any number of machines, may ask and tell at the same time.
public struct OptunaStudy: Sendable {
  /// Which values are better.
  public enum Direction: String, Sendable {
    /// Larger ones.
    case maximize
    /// Smaller ones.
    case minimize

    /// The direction in which a metric improves.
    public init(of metric: Metric) { self = metric.higherIsBetter ? .maximize : .minimize }
  }

  /// The study's name in its storage.
  public let name: String
  /// Which values are better.
  public let direction: Direction
  /// What all of its trials have in common.
  public let subject: SearchSubject
  /// The command and the storage.
  public let optuna: Optuna

  /// Creates a study, or opens the one that has the name.
  /// - Throws: `InputError` with Optuna's reason, or when a study of the name searches for something else.
  public init(_ name: String, _ direction: Direction, _ subject: SearchSubject, in optuna: Optuna)
    throws
  {
    self.name = name
    self.direction = direction
    self.subject = subject
    self.optuna = optuna
    var record = try record()
    if record == nil {
      _ = try run("create-study", ["--direction=\(direction)", "--skip-if-exists"])
    }
    // A process that was killed may have made it without its subject.
    if record?.subject == nil, record?.trials ?? 0 == 0 {
      _ = try run("study set-user-attr", ["--key=\(Self.key)", "--value=\(subject.text)"])
      record = try self.record()
    }
    try check(record)
  }

  /// Asks Optuna's TPE sampler for values. `constant_liar` keeps it from proposing what is running already.
  /// - Throws: `InputError` with Optuna's reason.
  public func ask() throws -> OptunaTrial { try ask(.brief) }

  func ask(_ patience: Patience) throws -> OptunaTrial {
    try OptunaTrial(
      json(
        "ask",
        [
          "--search-space=\(subject.space.json.text(.compact))", "--sampler=TPESampler",
          "--sampler-kwargs={\"constant_liar\": true}",
        ], patience))
  }

  /// Tells the value that a trial has reached; a trial that has ended already stays as it is. A storage that is
  /// out is waited for, a minute.
  /// - Throws: `InputError` with Optuna's reason.
  public func tell(_ trial: Int, value: Double) throws {
    try tell(trial, "--values=\(value)", .long())
  }

  /// Tells that a trial has failed; a trial that has ended already stays as it is. A storage that is out is waited
  /// for, a minute.
  /// - Throws: `InputError` with Optuna's reason.
  public func tellFailure(of trial: Int) throws {
    try tell(trial, "--state=fail", .long())
  }

  func tell(_ outcome: TrialOutcome, of trial: Int, _ patience: Patience) throws {
    switch outcome {
    case .value(let value): try tell(trial, "--values=\(value)", patience)
    case .failure: try tell(trial, "--state=fail", patience)
    }
  }

  /// All trials, in the order of their numbers.
  /// - Throws: `InputError` with Optuna's reason.
  public func trials() throws -> [OptunaTrial] { try trials(.brief) }

  func trials(_ patience: Patience) throws -> [OptunaTrial] {
    try json("trials", [], patience).elements().map(OptunaTrial.init)
  }

  /// The best complete trial; of equals the first.
  public func best(of trials: [OptunaTrial]) -> OptunaTrial? {
    let scored = trials.compactMap { trial in
      trial.state == .complete ? trial.value.map { (trial, $0) } : nil
    }
    return scored.dropFirst().reduce(scored.first) { best, next in
      guard let best else { return next }
      let isBetter = direction == .maximize ? next.1 > best.1 : next.1 < best.1
      return isBetter ? next : best
    }?.0
  }

  // MARK: What the storage says about the study

  private static let key = "sparsegrad"

  private struct Record {
    let directions: [String]
    let trials: Int
    let subject: JSONField?
  }

  private func record() throws -> Record? {
    let studies = try JSONField(
      file: "optuna studies", output: optuna.run("studies", ["--format=json"]))
    for study in try studies.elements() where try study.required("name").string() == name {
      return Record(
        directions: try study.required("direction").elements().map { try $0.string().lowercased() },
        trials: try study.required("n_trials").integer(),
        subject: try study.optional("user_attrs")?.optional(Self.key))
    }
    return nil
  }

  private func check(_ record: Record?) throws {
    guard let record else {
      throw InputError("Optuna", at: optuna.storageName, "has lost the study \"\(name)\"")
    }
    let problem: String? =
      if record.directions != [direction.rawValue] {
        "is to \(record.directions.joined(separator: " and ")), this search to \(direction)"
      } else if let subject = record.subject {
        try self.subject.difference(from: subject)
      } else {
        "was not made by sparsegrad search"
      }
    if let problem {
      throw InputError("study \"\(name)\"", "\(problem); another --study starts a new one")
    }
  }

  private func tell(_ trial: Int, _ what: String, _ patience: Patience) throws {
    _ = try run("tell", ["--trial-number=\(trial)", what, "--skip-if-finished"], patience)
  }

  private func run(
    _ command: String, _ arguments: [String], _ patience: Patience = .brief
  ) throws -> Data {
    try optuna.run(command, ["--study-name=\(name)"] + arguments, patience)
  }

  private func json(
    _ command: String, _ arguments: [String], _ patience: Patience
  ) throws -> JSONField {
    try JSONField(
      file: "optuna \(command)", output: run(command, ["--format=json"] + arguments, patience))
  }
}

extension JSONField {
  /// What a command has printed.
  fileprivate init(file: String, output: Data) throws {
    do {
      self.init(file: file, value: try JSONParser.parse([UInt8](output)))
    } catch {
      throw InputError(file, "printed something that is not JSON: \(error.problem)")
    }
  }
}

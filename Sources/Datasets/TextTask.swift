import Metrics
import Support

/// What a model learns: a GLUE task, or a user's own files.
public enum TextTask: Hashable, Sendable {
  /// A task of the GLUE benchmark.
  case glue(GLUETask)
  /// Files of the user's, of either kind.
  case files(TaskKind)

  /// Finds a task by the name a user gives: `classification`, `regression`, or that of a GLUE task
  /// in any spelling. Files are for classification unless something else is asked for.
  /// - Throws: `InputError` that lists the names.
  public init(named name: String?) throws {
    if let kind = name.map({ TaskKind(rawValue: $0.lowercased()) }) ?? .classification {
      self = .files(kind)
    } else if let task = name.flatMap(GLUETask.init(spelled:)) {
      self = .glue(task)
    } else {
      let known = TaskKind.allCases.map(\.rawValue) + GLUETask.allCases.map(\.rawValue)
      throw InputError(
        "task \"\(name ?? "")\"", "is not known; expected one of \(known.joined(separator: ", "))")
    }
  }

  /// The name to write down: `cola`, `classification`, ...
  public var name: String {
    switch self {
    case .glue(let task): task.rawValue
    case .files(let kind): kind.rawValue
    }
  }

  /// Whether labels or numbers are learnt.
  public var kind: TaskKind {
    switch self {
    case .glue(let task): task.kind
    case .files(let kind): kind
    }
  }

  /// The metrics to show; the first is the one to choose a model by.
  public var metrics: [Metric] {
    switch self {
    case .glue(let task): task.metrics
    case .files(let kind): kind.metrics
    }
  }
}

import Metrics

/// Whether a model chooses a label or predicts a number.
public enum TaskKind: String, CaseIterable, Sendable {
  /// One label of a set.
  case classification
  /// One number.
  case regression

  /// The metrics worth showing, the one to choose a model by first.
  public var metrics: [Metric] {
    switch self {
    case .classification: [.accuracy, .f1, .matthews]
    case .regression: [.pearson, .spearman, .meanSquaredError]
    }
  }
}

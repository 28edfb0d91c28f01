import Metrics

/// What is learnt from a user's own files.
public enum TaskKind: String, CaseIterable, Sendable {
  /// One label of a set for each text.
  case classification
  /// One number for each text.
  case regression
  /// Any number of labels of a set for each text.
  case multilabel
  /// A tag for each word.
  case tokenClassification = "token-classification"
  /// The next token of plain texts.
  case text
  /// The next token of the assistant's turns in conversations.
  case conversation

  /// The metrics worth showing, the one to choose a model by first.
  public var metrics: [Metric] {
    switch self {
    case .classification: [.accuracy, .f1, .matthews]
    case .regression: [.pearson, .spearman, .meanSquaredError]
    case .multilabel: [.microF1, .macroF1, .exactMatch, .averagePrecision]
    case .tokenClassification: [.f1, .precision, .recall, .accuracy]
    case .text, .conversation: [.perplexity]
    }
  }

  /// Whether the answers are labels, which have names.
  public var hasLabels: Bool {
    switch self {
    case .classification, .multilabel, .tokenClassification: true
    case .regression, .text, .conversation: false
    }
  }
}

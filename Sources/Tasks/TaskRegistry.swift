import Datasets
import Layers
import Models
import Support

extension TaskKind {
  /// What is asked of a head.
  public var problem: HeadConfiguration.Problem {
    switch self {
    case .classification: .singleLabel
    case .regression: .regression
    case .multilabel: .multiLabel
    case .tokenClassification: .tokens
    case .text, .conversation: .nextToken
    }
  }

  /// The task that a head is for.
  public init(_ problem: HeadConfiguration.Problem) {
    self =
      switch problem {
      case .singleLabel: .classification
      case .regression: .regression
      case .multiLabel: .multilabel
      case .tokens: .tokenClassification
      case .nextToken: .text
      }
  }

  /// The objective of this task with a head: the registry to which a new task is added.
  /// - Parameters:
  ///   - head: what the head tells apart.
  ///   - data: the training data, where its labels are counted for the loss.
  ///   - loss: what the cross-entropy of labels is changed by.
  ///   - thresholds: for several labels at once, the probability from which on each is given; 0.5 unless given.
  /// - Throws: `InputError` when the settings of the loss do not fit the labels.
  public func objective(
    _ head: HeadConfiguration, training data: Dataset? = nil, loss: ClassificationLoss? = nil,
    thresholds: [Double]? = nil
  ) throws -> any Objective {
    try loss?.validate(for: self)
    return switch self {
    case .classification:
      Classification(head, loss: try data.flatMap { try loss?.loss($0, head) } ?? CrossEntropy())
    case .regression: Regression(head)
    case .multilabel: try Multilabel(head, thresholds: thresholds)
    case .tokenClassification: TokenClassification(head)
    case .text, .conversation: LanguageModeling()
    }
  }
}

extension HeadConfiguration {
  /// The objective of the task that the head is for, with its plain loss.
  public var objective: any Objective {
    get throws { try TaskKind(problem).objective(self) }
  }
}

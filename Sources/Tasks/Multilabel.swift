import Layers
import Metrics
import Models
import Support

/// Any number of labels for every sequence, each decided by itself.
package struct Multilabel: Objective {
  package let head: HeadConfiguration
  package let loss: any LossFunction = BinaryCrossEntropy()
  package let answerName = "a list of labels"
  /// A label is given when its probability is at least this, one for each.
  package let thresholds: [Double]

  /// - Parameter thresholds: one for each label, or one for all; 0.5 unless given.
  /// - Throws: `InputError` when there are not as many as labels, or one is no probability.
  package init(_ head: HeadConfiguration, thresholds given: [Double]? = nil) throws {
    self.head = head
    let given = given ?? [0.5]
    thresholds = given.count == 1 ? head.labels.map { _ in given[0] } : given
    guard thresholds.count == head.labelCount else {
      throw InputError(
        .thresholds,
        "has \(given.count) numbers, expected one for all or one for each of the "
          + "\(head.labelCount) labels")
    }
    guard thresholds.allSatisfy({ (0...1).contains($0) }) else {
      throw InputError(.thresholds, "expected probabilities from 0 to 1")
    }
  }

  /// The labels that are given for a row of logits, with their probabilities.
  package func probabilities(_ logits: [Float]) -> [(
    label: String, probability: Double, isGiven: Bool
  )] {
    zip(zip(head.labels, logits), thresholds).map { item, threshold in
      let probability = sigmoid(Double(item.1))
      return (item.0, probability, probability >= threshold)
    }
  }

  package func accepts(_ target: Target) -> Bool {
    if case .labels = target { true } else { false }
  }

  package func metrics(_ outputs: [ModelOutput], _ targets: [Target]) -> MetricValues {
    MetricValues(labelLists: answers(outputs, targets), thresholds: thresholds)
  }

  package func classes(_ outputs: [ModelOutput], _ targets: [Target]) -> ClassReport? {
    ClassReport(
      labelLists: answers(outputs, targets), thresholds: thresholds, named: head.labels)
  }

  private func answers(_ outputs: [ModelOutput], _ targets: [Target]) -> [LabelScores] {
    zip(outputs, targets).compactMap { output, target in
      guard case .labels(let labels) = target else { return nil }
      return LabelScores(probabilities: output[0].map { sigmoid(Double($0)) }, expected: labels)
    }
  }
}

import Layers
import Metrics
import Models
import Support

/// A tag for every word: named entities, parts of speech. A word is read at the first of its tokens.
struct TokenClassification: Objective {
  let head: HeadConfiguration
  let loss: any LossFunction = CrossEntropy()
  let answerName = "a tag for each word"

  init(_ head: HeadConfiguration) { self.head = head }

  func accepts(_ target: Target) -> Bool {
    if case .tags = target { true } else { false }
  }

  func metrics(_ outputs: [ModelOutput], _ targets: [Target]) -> MetricValues {
    report(outputs, targets).values
  }

  func classes(_ outputs: [ModelOutput], _ targets: [Target]) -> ClassReport? {
    report(outputs, targets).types
  }

  private func report(_ outputs: [ModelOutput], _ targets: [Target]) -> EntityReport {
    EntityReport(
      zip(outputs, targets).compactMap { output, target in
        guard case .tags(let tags) = target else { return nil }
        return Outcome(
          predicted: output.map { head.labels[$0.indexOfMaximum] },
          expected: tags.map { head.labels[$0] })
      })
  }
}

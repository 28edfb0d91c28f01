import Layers
import Metrics
import Models
import Support

/// One number for every sequence.
struct Regression: Objective {
  let head: HeadConfiguration
  let loss: any LossFunction = MeanSquaredError()
  let answerName = "a number"

  init(_ head: HeadConfiguration) { self.head = head }

  func accepts(_ target: Target) -> Bool {
    if case .value = target { true } else { false }
  }

  func metrics(_ outputs: [ModelOutput], _ targets: [Target]) -> MetricValues {
    MetricValues(
      numbers: zip(outputs, targets).compactMap { output, target -> Outcome<Float>? in
        guard case .value(let value) = target else { return nil }
        return Outcome(predicted: output[0][0], expected: value)
      })
  }
}

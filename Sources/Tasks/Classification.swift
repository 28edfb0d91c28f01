import Foundation
import Layers
import Metrics
import Models
import Support

/// One label of several for every sequence.
struct Classification: Objective {
  let head: HeadConfiguration
  private let crossEntropy: CrossEntropy
  let answerName = "a label"

  init(_ head: HeadConfiguration, loss: CrossEntropy) {
    self.head = head
    crossEntropy = loss
  }

  var loss: any LossFunction { crossEntropy }

  var lossNotice: String? {
    guard !crossEntropy.weights.isEmpty, head.labelCount <= 10 else { return nil }
    let list = zip(head.labels, crossEntropy.weights).map {
      "\($0) \(String(format: "%.4g", $1))"
    }
    return "class weights: \(list.joined(separator: ", "))"
  }

  func accepts(_ target: Target) -> Bool {
    if case .label = target { true } else { false }
  }

  func metrics(_ outputs: [ModelOutput], _ targets: [Target]) -> MetricValues {
    MetricValues(labels: outcomes(outputs, targets), labelCount: head.labelCount)
  }

  func classes(_ outputs: [ModelOutput], _ targets: [Target]) -> ClassReport? {
    ClassReport(labels: outcomes(outputs, targets), named: head.labels)
  }

  func mistakes(_ outputs: [ModelOutput], _ targets: [Target]) -> [Mistake]? {
    Mistake.mostConfident(
      zip(outputs, targets).enumerated().compactMap { place, answer in
        let (output, target) = answer
        let predicted = output[0].indexOfMaximum
        guard case .label(let label) = target, label != predicted else { return nil }
        return Mistake(
          example: place, expected: label, predicted: predicted,
          probability: output[0].probability(of: predicted))
      })
  }

  private func outcomes(_ outputs: [ModelOutput], _ targets: [Target]) -> [Outcome<Int>] {
    zip(outputs, targets).compactMap { output, target in
      guard case .label(let label) = target else { return nil }
      return Outcome(predicted: output[0].indexOfMaximum, expected: label)
    }
  }
}

extension [Float] {
  /// The place of the largest element; the first wins ties.
  package var indexOfMaximum: Int { indices.max { (self[$0], -$0) < (self[$1], -$1) } ?? 0 }

  /// The softmax of one element.
  fileprivate func probability(of index: Int) -> Double {
    1 / reduce(0.0) { $0 + exp(Double($1) - Double(self[index])) }
  }
}

/// The probabilities of all labels of one example, beside those that are true.
public struct LabelScores: Equatable, Sendable {
  /// By label.
  public let probabilities: [Double]
  /// The indices of the labels that are true.
  public let expected: [Int]

  /// Pairs probabilities with the truth.
  public init(probabilities: [Double], expected: [Int]) {
    self.probabilities = probabilities
    self.expected = expected
  }

  /// Of each label whether it is given, beside whether it is true.
  func decisions(_ thresholds: [Double]) -> [Outcome<Bool>] {
    let expected = Set(expected)
    return zip(probabilities, thresholds).enumerated().map { label, answer in
      Outcome(predicted: answer.0 >= answer.1, expected: expected.contains(label))
    }
  }
}

extension MetricValues {
  /// Micro and macro F1, the share of examples whose labels are all right, and the mean average precision, as
  /// scikit-learn's `f1_score`, `accuracy_score` and `average_precision_score` give them.
  /// - Parameters:
  ///   - answers: the probabilities of each example beside the labels that are true.
  ///   - thresholds: a label is given when its probability is at least this, one for each label.
  public init(labelLists answers: [LabelScores], thresholds: [Double]) {
    let tallies = BinaryTally.ofLabels(answers, thresholds: thresholds)
    let exact = answers.count { answer in
      answer.decisions(thresholds).allSatisfy { $0.predicted == $0.expected }
    }
    let together = tallies.reduce(BinaryTally()) { $0 + $1 }
    let precisions = thresholds.indices.map { label in
      averagePrecision(
        answers.map { ($0.probabilities[label], $0.expected.contains(label)) })
    }
    func mean(_ values: [Double]) -> Double {
      values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
    self.init([
      .microF1: together.f1, .macroF1: mean(tallies.map(\.f1)),
      .exactMatch: answers.isEmpty ? 0 : Double(exact) / Double(answers.count),
      .averagePrecision: mean(precisions),
    ])
  }
}

extension BinaryTally {
  /// The decisions about each label.
  static func ofLabels(_ answers: [LabelScores], thresholds: [Double]) -> [BinaryTally] {
    var tallies = thresholds.map { _ in BinaryTally() }
    for answer in answers {
      for (label, outcome) in answer.decisions(thresholds).enumerated() {
        tallies[label].add(outcome)
      }
    }
    return tallies
  }
}

/// Σ (Rₙ − Rₙ₋₁) Pₙ over the thresholds that scores give, equal scores being one threshold; 0 without a true one.
func averagePrecision(_ scores: [(score: Double, isTrue: Bool)]) -> Double {
  let total = scores.count { $0.isTrue }
  guard total > 0 else { return 0 }
  let sorted = scores.sorted { $0.score > $1.score }
  var (sum, both, place) = (0.0, 0, 0)
  while place < sorted.count {
    let before = both
    let score = sorted[place].score
    while place < sorted.count, sorted[place].score == score {
      both += sorted[place].isTrue ? 1 : 0
      place += 1
    }
    sum += Double(both - before) / Double(total) * Double(both) / Double(place)
  }
  return sum
}

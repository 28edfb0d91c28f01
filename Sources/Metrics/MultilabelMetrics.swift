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
}

extension MetricValues {
  /// Micro and macro F1, the share of examples whose labels are all right, and the mean average precision, as
  /// scikit-learn's `f1_score`, `accuracy_score` and `average_precision_score` give them.
  /// - Parameters:
  ///   - answers: the probabilities of each example beside the labels that are true.
  ///   - thresholds: a label is given when its probability is at least this, one for each label.
  public init(labelLists answers: [LabelScores], thresholds: [Double]) {
    var tallies = thresholds.map { _ in BinaryTally() }
    var exact = 0
    for answer in answers {
      let expected = Set(answer.expected)
      var isExact = true
      for (label, probability) in answer.probabilities.enumerated() {
        let outcome = Outcome(
          predicted: probability >= thresholds[label], expected: expected.contains(label))
        tallies[label].add(outcome)
        isExact = isExact && outcome.predicted == outcome.expected
      }
      exact += isExact ? 1 : 0
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

/// How often something was predicted, was true, and was both.
struct BinaryTally {
  var predicted = 0, expected = 0, both = 0

  mutating func add(_ outcome: Outcome<Bool>) {
    predicted += outcome.predicted ? 1 : 0
    expected += outcome.expected ? 1 : 0
    both += outcome.predicted && outcome.expected ? 1 : 0
  }

  static func + (a: BinaryTally, b: BinaryTally) -> BinaryTally {
    BinaryTally(
      predicted: a.predicted + b.predicted, expected: a.expected + b.expected, both: a.both + b.both
    )
  }

  /// Of what was predicted, the share that is true; 0 of nothing.
  var precision: Double { predicted == 0 ? 0 : Double(both) / Double(predicted) }
  /// Of what is true, the share that was predicted; 0 of nothing.
  var recall: Double { expected == 0 ? 0 : Double(both) / Double(expected) }
  /// Their harmonic mean; 0 when there is nothing.
  var f1: Double {
    predicted + expected == 0 ? 0 : 2 * Double(both) / Double(predicted + expected)
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

import Foundation
import Metrics
import Support
import Testing

/// What scikit-learn and SciPy say, from Tests/Fixtures/generate/metrics.py.
private struct Reference: Decodable {
  struct Case<Value: Decodable>: Decodable {
    let name: String
    let labelCount: Int?
    let predicted: [Value]
    let expected: [Value]
    /// By the metric's raw value; null where the libraries leave it undefined.
    let values: [String: Double?]
  }

  let labels: [Case<Int>]
  let numbers: [Case<Double>]

  static func load() throws -> Reference {
    let file = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/datasets/metrics.json")
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }
}

private func outcomes<Value>(_ reference: Reference.Case<Value>) -> [Outcome<Value>] {
  zip(reference.predicted, reference.expected).map { Outcome(predicted: $0, expected: $1) }
}

private func check<Value>(_ values: MetricValues, _ reference: Reference.Case<Value>) throws {
  #expect(values.all.count == reference.values.count)
  for (name, expected) in reference.values {
    let value = try #require(values[Metric(named: name)])
    let wanted = expected ?? 0
    #expect(
      abs(value - wanted) <= 1e-12 * max(1, abs(wanted)),
      "\(reference.name): \(name) is \(value), expected \(wanted)")
  }
}

@Test func labelMetricsAreScikitLearns() throws {
  let references = try Reference.load().labels
  #expect(references.count > 20)
  for reference in references {
    let count = try #require(reference.labelCount)
    try check(MetricValues(labels: outcomes(reference), labelCount: count), reference)
  }
}

@Test func numberMetricsAreSciPys() throws {
  let references = try Reference.load().numbers
  #expect(references.contains { $0.values.contains { $0.value == nil } })
  for reference in references {
    try check(MetricValues(numbers: outcomes(reference)), reference)
  }
}

@Test func metricsOfNothingAreZero() {
  for values in [
    MetricValues(labels: [], labelCount: 2), MetricValues(labels: [], labelCount: 3),
    MetricValues(numbers: [Outcome<Float>]()),
  ] {
    #expect(values.all.count == 3)
    #expect(values.all.allSatisfy { $0.value == 0 })
  }
}

@Test(arguments: [Float.nan, .infinity, -.infinity])
func answersThatAreNotFiniteCorrelateWithNothing(bad: Float) {
  let outcomes = [(bad, 1), (2, 2), (3, 3)].map { Outcome<Float>(predicted: $0, expected: $1) }
  let values = MetricValues(numbers: outcomes)
  #expect(values[.pearson] == 0)
  #expect(values[.spearman] == 0)
}

@Test func lossJoinsTheOtherValues() {
  var values = MetricValues(labels: [Outcome(predicted: 1, expected: 1)], labelCount: 2)
  #expect(values[.loss] == nil)
  values[.loss] = 0.25
  #expect(values.all.map(\.metric) == [.accuracy, .f1, .matthews, .loss])
}

@Test func metricsKnowWhatIsBetter() {
  for metric in Metric.allCases {
    let (better, worse) = metric.higherIsBetter ? (0.9, 0.1) : (0.1, 0.9)
    #expect(metric.prefers(better, over: worse))
    #expect(!metric.prefers(worse, over: better))
    #expect(!metric.prefers(better, over: better))
    #expect(!metric.prefers(.nan, over: worse))
  }
  #expect(!Metric.loss.higherIsBetter)
  #expect(!Metric.meanSquaredError.higherIsBetter)
}

@Test func metricsAreFoundByName() throws {
  #expect(try Metric(named: "matthews") == .matthews)
  #expect(try Metric(named: "Matthews_Correlation") == .matthews)
  #expect(try Metric(named: "spearman") == .spearman)
  #expect(try Metric(named: "F1") == .f1)
  let error = #expect(throws: InputError.self) { try Metric(named: "bleu") }
  #expect(
    error?.description == "metric \"bleu\": is not known; expected one of accuracy, f1, "
      + "matthews_correlation, precision, recall, f1_micro, f1_macro, exact_match, "
      + "average_precision, pearson, spearmanr, mse, perplexity, loss")
}

/// The metrics of one evaluation.
///
/// Where scikit-learn or SciPy would give no number (a correlation with something constant, no
/// examples at all) the value is 0, the worst that chance gives, so that a model which has
/// collapsed to one answer can still be compared and written down. The one exception is `mse` of
/// answers that are themselves infinite or not numbers.
public struct MetricValues: Equatable, Sendable {
  private var values: [Metric: Double]

  /// Values that were computed elsewhere.
  package init(_ values: [Metric: Double]) { self.values = values }

  /// Accuracy, F1 and Matthews' correlation of predicted labels (indices from 0).
  /// - Parameters:
  ///   - outcomes: the answers beside those that are true.
  ///   - labelCount: how many labels the task has, whether or not all of them occur.
  public init(labels outcomes: [Outcome<Int>], labelCount: Int) {
    let tally = LabelTally(outcomes)
    values = [
      .accuracy: tally.accuracy,
      .f1: labelCount > 2 ? tally.macroF1 : tally.f1(of: 1),
      .matthews: tally.matthews,
    ]
  }

  /// Pearson's and Spearman's correlations and the mean squared error of predicted numbers.
  public init<Value: BinaryFloatingPoint>(numbers outcomes: [Outcome<Value>]) {
    let predicted = outcomes.map { Double($0.predicted) }
    let expected = outcomes.map { Double($0.expected) }
    let squares = zip(predicted, expected).map { ($0 - $1) * ($0 - $1) }
    values = [
      .pearson: pearsonCorrelation(predicted, expected),
      .spearman: pearsonCorrelation(averageRanks(predicted), averageRanks(expected)),
      .meanSquaredError: squares.reduce(0, +) / Double(max(squares.count, 1)),
    ]
  }

  /// The value of `metric`, or nil if it was not measured. The trainer adds its loss here.
  public subscript(metric: Metric) -> Double? {
    get { values[metric] }
    set { values[metric] = newValue }
  }

  /// All values, in the order of `Metric.allCases`.
  public var all: [(metric: Metric, value: Double)] {
    Metric.allCases.compactMap { metric in values[metric].map { (metric, $0) } }
  }
}

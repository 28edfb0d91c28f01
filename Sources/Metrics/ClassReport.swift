/// Precision, recall and F1 of one class: a label, or a type of entities.
public struct ClassScores: Codable, Equatable, Sendable {
  /// The label or the type; of a mean, what it is.
  public let name: String
  /// Of what was predicted to be of the class, the share that is; 0 of nothing.
  public let precision: Double
  /// Of what is of the class, the share that was predicted; 0 of nothing.
  public let recall: Double
  /// Their harmonic mean; 0 when there is nothing.
  public let f1: Double
  /// How much of the class there is in the data.
  public let support: Int

  init(name: String, precision: Double, recall: Double, f1: Double, support: Int) {
    self.name = name
    self.precision = precision
    self.recall = recall
    self.f1 = f1
    self.support = support
  }

  init(_ name: String, _ tally: BinaryTally) {
    self.init(
      name: name, precision: tally.precision, recall: tally.recall, f1: tally.f1,
      support: tally.expected)
  }
}

/// How well each class is told from the others, as scikit-learn's and `seqeval`'s `classification_report` have it.
public struct ClassReport: Codable, Equatable, Sendable {
  /// Above this number of labels no confusion matrix is kept.
  public static let largestConfusion = 100

  /// By class, in the order of the labels.
  public let classes: [ClassScores]
  /// Of all decisions together. Where every example has exactly one label, all three are the accuracy.
  public let micro: ClassScores
  /// The plain mean over the classes.
  public let macro: ClassScores
  /// The mean over the classes, weighted by their support.
  public let weighted: ClassScores
  /// Where every example has exactly one label: how many examples of label `row` were given label `column`; nil otherwise, or
  /// with more than `largestConfusion` labels.
  public let confusion: [[Int]]?

  init(_ tallies: [(name: String, tally: BinaryTally)], confusion: [[Int]]? = nil) {
    classes = tallies.map { ClassScores($0.name, $0.tally) }
    micro = ClassScores("micro avg", tallies.map(\.tally).reduce(BinaryTally()) { $0 + $1 })
    macro = Self.mean("macro avg", classes) { _ in 1 }
    weighted = Self.mean("weighted avg", classes) { Double($0.support) }
    self.confusion = confusion
  }

  /// Compares labels (indices from 0) with those that are true.
  /// - Parameters:
  ///   - outcomes: the answers beside those that are true.
  ///   - labels: the names of all labels, whether or not they occur.
  public init(labels outcomes: [Outcome<Int>], named labels: [String]) {
    var tallies = labels.map { ($0, BinaryTally()) }
    var confusion =
      labels.count <= Self.largestConfusion
      ? labels.map { _ in labels.map { _ in 0 } } : nil
    for outcome in outcomes {
      tallies[outcome.predicted].1.predicted += 1
      tallies[outcome.expected].1.expected += 1
      if outcome.predicted == outcome.expected { tallies[outcome.expected].1.both += 1 }
      confusion?[outcome.expected][outcome.predicted] += 1
    }
    self.init(tallies, confusion: confusion)
  }

  /// Compares any number of labels for each example with those that are true.
  /// - Parameters:
  ///   - answers: the probabilities of each example beside the labels that are true.
  ///   - thresholds: a label is given when its probability is at least this, one for each label.
  ///   - labels: the names of all labels.
  public init(labelLists answers: [LabelScores], thresholds: [Double], named labels: [String]) {
    self.init(Array(zip(labels, BinaryTally.ofLabels(answers, thresholds: thresholds))))
  }

  private static func mean(
    _ name: String, _ classes: [ClassScores], weight: (ClassScores) -> Double
  ) -> ClassScores {
    let total = classes.reduce(0) { $0 + weight($1) }
    func mean(_ value: KeyPath<ClassScores, Double>) -> Double {
      total == 0 ? 0 : classes.reduce(0) { $0 + weight($1) * $1[keyPath: value] } / total
    }
    return ClassScores(
      name: name, precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1),
      support: classes.reduce(0) { $0 + $1.support })
  }
}

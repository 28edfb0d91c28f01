import Support

/// A number that says how good a model is on a set of examples.
///
/// The raw values are the names that Hugging Face's `evaluate` prints for GLUE.
public enum Metric: String, CaseIterable, Codable, Sendable {
  /// Share of examples whose label is right.
  case accuracy
  /// F1 of label 1 when there are two labels, mean F1 of the labels that occur otherwise; of entities F1 of all of them.
  case f1
  /// Matthews' correlation, in its form for any number of labels (R_K of Gorodkin, 2004).
  case matthews = "matthews_correlation"
  /// Of the entities that were predicted, the share that is right.
  case precision
  /// Of the entities in the data, the share that was found.
  case recall
  /// Of several labels for each example: F1 of all decisions together.
  case microF1 = "f1_micro"
  /// Of several labels for each example: the mean of the labels' F1.
  case macroF1 = "f1_macro"
  /// Of several labels for each example: the share of examples whose labels are all right.
  case exactMatch = "exact_match"
  /// Of several labels for each example: the mean of the labels' average precision.
  case averagePrecision = "average_precision"
  /// Pearson's linear correlation.
  case pearson
  /// Spearman's rank correlation; equal values share the mean of their ranks.
  case spearman = "spearmanr"
  /// Mean squared error.
  case meanSquaredError = "mse"
  /// exp(loss) of a language model: among how many tokens it wavers, as it were.
  case perplexity
  /// The mean training loss, which only the trainer knows.
  case loss

  /// Finds a metric by the name a user gives: a raw value, or `matthews`, `mcc`, `spearman`;
  /// upper and lower case are the same.
  /// - Throws: `InputError` that lists the names.
  public init(named name: String) throws {
    let aliases: [String: Metric] = [
      "matthews": .matthews, "mcc": .matthews, "spearman": .spearman,
    ]
    let key = name.lowercased()
    guard let metric = Metric(rawValue: key) ?? aliases[key] else {
      let known = Metric.allCases.map(\.rawValue).joined(separator: ", ")
      throw InputError("metric \"\(name)\"", "is not known; expected one of \(known)")
    }
    self = metric
  }

  /// Whether a larger value means a better model.
  public var higherIsBetter: Bool {
    switch self {
    case .meanSquaredError, .perplexity, .loss: false
    default: true
    }
  }

  /// Whether `candidate` is strictly better than `best`; never so when one of them is not a number.
  public func prefers(_ candidate: Double, over best: Double) -> Bool {
    higherIsBetter ? candidate > best : candidate < best
  }
}

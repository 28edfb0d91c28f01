/// How often each label was predicted, was true, and was both: all that accuracy, F1 and Matthews'
/// correlation need of the confusion matrix.
struct LabelTally {
  private struct Counts {
    var predicted = 0
    var expected = 0
    var both = 0
  }

  private var counts: [Int: Counts] = [:]
  private let total: Int
  private let right: Int

  init(_ outcomes: [Outcome<Int>]) {
    for outcome in outcomes {
      counts[outcome.predicted, default: Counts()].predicted += 1
      counts[outcome.expected, default: Counts()].expected += 1
      if outcome.predicted == outcome.expected {
        counts[outcome.expected, default: Counts()].both += 1
      }
    }
    total = outcomes.count
    right = counts.values.reduce(0) { $0 + $1.both }
  }

  /// Share of right answers; 0 of none.
  var accuracy: Double { total == 0 ? 0 : Double(right) / Double(total) }

  /// 2 · both / (predicted + expected) for one label; 0 if it does not occur.
  func f1(of label: Int) -> Double { counts[label].map(f1) ?? 0 }

  /// Mean F1 of the labels that were predicted or true at least once, as scikit-learn takes it.
  var macroF1: Double {
    // Summed in the order of the labels, so that the last bit does not depend on hashing.
    let scores = counts.sorted { $0.key < $1.key }.map { f1($0.value) }
    return scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)
  }

  /// R_K = (right · n - Σ pₖ tₖ) / √((n² - Σ pₖ²) (n² - Σ tₖ²)); 0 if one side is constant.
  var matthews: Double {
    func product(_ a: KeyPath<Counts, Int>, _ b: KeyPath<Counts, Int>) -> Int {
      counts.values.reduce(0) { $0 + $1[keyPath: a] * $1[keyPath: b] }
    }
    let covariance = right * total - product(\.predicted, \.expected)
    let spreads =
      Double(total * total - product(\.predicted, \.predicted))
      * Double(total * total - product(\.expected, \.expected))
    return spreads == 0 ? 0 : Double(covariance) / spreads.squareRoot()
  }

  private func f1(_ counts: Counts) -> Double {
    2 * Double(counts.both) / Double(counts.predicted + counts.expected)
  }
}

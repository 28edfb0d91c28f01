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

import Experiments

/// What two methods differ by, seed by seed.
struct PairedDifference {
  let pairs: Int
  /// The mean of the differences, and their sample deviation.
  let mean: Double, deviation: Double?
  /// How often the first was better.
  let wins: Int

  /// Nil when they have no seed in common.
  init?(_ first: [UInt64: Double], _ second: [UInt64: Double], higherIsBetter: Bool = true) {
    let differences = first.keys.sorted().compactMap { seed in
      second[seed].flatMap { other in first[seed].map { $0 - other } }
    }
    let sample = Sample(differences)
    guard let mean = sample.mean else { return nil }
    (pairs, self.mean, deviation) = (differences.count, mean, sample.deviation)
    wins = differences.count { higherIsBetter ? $0 > 0 : $0 < 0 }
  }

  /// A table of the differences of all pairs of methods; nil when there are none.
  /// - Parameter scores: by method, the scores by seed.
  static func table(
    _ caption: String, _ scores: [(name: String, bySeed: [UInt64: Double])], digits: Int,
    higherIsBetter: Bool = true
  ) -> HTML? {
    var rows: [[DataTable.Cell]] = []
    for (place, first) in scores.enumerated() {
      for second in scores[(place + 1)...] {
        guard
          let difference = PairedDifference(
            first.bySeed, second.bySeed, higherIsBetter: higherIsBetter)
        else { continue }
        rows.append([
          DataTable.Cell("\(first.name) − \(second.name)"), DataTable.Cell(difference.pairs),
          DataTable.Cell(difference.mean, digits: digits),
          DataTable.Cell(difference.deviation, digits: digits),
          DataTable.Cell("\(difference.wins) of \(difference.pairs)"),
        ])
      }
    }
    guard !rows.isEmpty else { return nil }
    return DataTable(
      caption: caption,
      columns: ["Difference", "Seeds in common", "Mean", "Deviation", "First is better"], rows: rows
    ).html
  }
}

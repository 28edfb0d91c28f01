/// Pearson's correlation of two equally long lists; 0 where it is not defined: fewer than two
/// values, a constant list, or values that are not finite.
func pearsonCorrelation(_ x: [Double], _ y: [Double]) -> Double {
  guard isSpread(x), isSpread(y) else { return 0 }
  let x = unitDeviations(x)
  let y = unitDeviations(y)
  let correlation = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  return correlation.isFinite ? min(max(correlation, -1), 1) : 0
}

/// Ranks from 1; equal values share the mean of the ranks they take up together.
func averageRanks(_ values: [Double]) -> [Double] {
  guard values.allSatisfy(\.isFinite) else { return values }
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    let end = order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.count
    for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
    start = end
  }
  return ranks
}

private func isSpread(_ values: [Double]) -> Bool {
  values.allSatisfy(\.isFinite) && values.contains { $0 != values.first }
}

/// Deviations from the mean, scaled to length 1. Scaling by the largest first keeps the squares of
/// very small and very large values in range.
private func unitDeviations(_ values: [Double]) -> [Double] {
  let mean = values.reduce(0, +) / Double(values.count)
  let deviations = values.map { $0 - mean }
  let largest = deviations.reduce(0) { max($0, abs($1)) }
  let scaled = deviations.map { $0 / largest }
  let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return scaled.map { $0 / length }
}

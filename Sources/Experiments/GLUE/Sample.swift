/// Values of the same thing over several seeds.
struct Sample: Equatable {
  let values: [Double]

  init(_ values: [Double]) { self.values = values }

  /// The mean; nil of nothing.
  var mean: Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The sample standard deviation (divided by n − 1); nil of fewer than two values.
  var deviation: Double? {
    guard let mean, values.count > 1 else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}

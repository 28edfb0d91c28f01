/// Values of the same thing over several seeds.
package struct Sample: Equatable {
  package let values: [Double]

  package init(_ values: [Double]) { self.values = values }

  /// The mean; nil of nothing.
  package var mean: Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The sample standard deviation (divided by n − 1); nil of fewer than two values.
  package var deviation: Double? {
    guard let mean, values.count > 1 else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}

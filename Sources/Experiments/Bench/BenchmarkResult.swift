import Compute
import Methods

/// The median of what was measured several times, with the least and the greatest.
public struct Spread: Equatable, Sendable {
  /// The middle value, or the mean of the middle two.
  public let median: Double
  /// The extremes.
  public let minimum: Double, maximum: Double

  init(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else {
      (median, minimum, maximum) = (.nan, .nan, .nan)
      return
    }
    let middle = sorted.count / 2
    median =
      sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    (minimum, maximum) = (first, last)
  }
}

/// What a benchmark says of one method in one precision.
public struct BenchmarkResult: Sendable {
  /// The method as it was asked for.
  public let method: String
  /// What it did.
  public let job: BenchmarkJob
  /// Over the timed steps of all repeats.
  public let stepsPerSecond: Spread, tokensPerSecond: Spread, sequencesPerSecond: Spread
  /// Useful operations per second over the product peak that its process measured just before.
  public let flopFraction: Spread
  /// Floating-point operations per second of the best matrix product.
  public let productPeak: Spread
  /// Useful operations of an average step.
  public let operationsPerStep: Double
  /// Bytes by kind, and of their sum as `total`.
  public let peakMemory: [String: Int]
  /// Bytes of the whole process, the preliminary phase included.
  public let peakProcessMemory: Int
  /// Seconds of the preliminary phase; nil where there was none.
  public let preliminarySeconds: Double?
  /// Averages over the timed steps.
  public let productsPerStep: Double, systemAllocationsPerStep: Double, pageFaultsPerStep: Double
  /// Numbers that a step changes.
  public let trainableParameters: Int
  /// How often it was measured.
  public let repeats: Int
  /// The words of the command that measured it, where it was one; they are written down with it.
  public var command: [String]?
  /// Where the time of a step goes, if that was asked for.
  let profile: StepProfile?

  init(_ method: String, _ job: BenchmarkJob, _ measurements: [BenchmarkMeasurement]) {
    self.method = method
    self.job = job
    repeats = measurements.count
    let steps = measurements.flatMap(\.steps)
    stepsPerSecond = Spread(steps.map { 1 / $0.seconds })
    tokensPerSecond = Spread(steps.map { Double($0.tokens) / $0.seconds })
    sequencesPerSecond = Spread(steps.map { Double($0.sequences) / $0.seconds })
    flopFraction = Spread(
      measurements.flatMap { measurement in
        measurement.steps.map { Double($0.operations) / $0.seconds / measurement.productPeak }
      })
    productPeak = Spread(measurements.map(\.productPeak))
    func perStep(_ total: (BenchmarkMeasurement) -> Int) -> Double {
      Double(measurements.reduce(0) { $0 + total($1) }) / Double(max(1, steps.count))
    }
    operationsPerStep = perStep { $0.steps.reduce(0) { $0 + $1.operations } }
    productsPerStep = perStep(\.counts.products)
    systemAllocationsPerStep = perStep(\.counts.systemAllocations)
    pageFaultsPerStep = perStep(\.counts.pageFaults)
    peakMemory = measurements.map(\.peakMemory).reduce(into: [:]) { all, one in
      all.merge(one) { max($0, $1) }
    }
    peakProcessMemory = measurements.map(\.peakProcessMemory).max() ?? 0
    preliminarySeconds = measurements.lazy.compactMap(\.preliminarySeconds).first
    profile = StepProfile(meanOf: measurements.compactMap(\.profile))
    trainableParameters = measurements.first?.trainableParameters ?? 0
  }
}

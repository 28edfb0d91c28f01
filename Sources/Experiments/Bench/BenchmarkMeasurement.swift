/// What one process of a benchmark has measured.
public struct BenchmarkMeasurement: Codable, Sendable {
  /// A timed step.
  struct Step: Codable {
    let seconds: Double
    let sequences: Int, tokens: Int
    /// Useful operations, as `FLOPCount` counts them.
    let operations: Int
  }

  /// What all timed steps have caused together.
  struct Counts: Codable {
    /// Matrix products issued.
    let products: Int
    /// Allocations from the system by the engine.
    let systemAllocations: Int
    /// Pages that the system had to supply (minor page faults).
    let pageFaults: Int

    static func - (a: Self, b: Self) -> Self {
      Self(
        products: a.products - b.products,
        systemAllocations: a.systemAllocations - b.systemAllocations,
        pageFaults: a.pageFaults - b.pageFaults)
    }
  }

  let steps: [Step]
  let counts: Counts
  /// Floating-point operations per second of the best matrix product.
  let productPeak: Double
  /// Of the preliminary phase; nil where there was none.
  let preliminarySeconds: Double?
  /// Numbers that a step changes.
  let trainableParameters: Int
  /// Bytes by kind, and of their sum as `total`: the peaks of the steps, not of what came before.
  let peakMemory: [String: Int]
  /// Bytes of resident memory of the whole process at its peak.
  let peakProcessMemory: Int
  /// Where the time of the steps goes, if that was asked for.
  var profile: StepProfile?

  /// Of all timed steps together.
  public var tokensPerSecond: Double {
    Double(steps.reduce(0) { $0 + $1.tokens }) / steps.reduce(0) { $0 + $1.seconds }
  }
}

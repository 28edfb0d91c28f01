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
    var products = 0
    /// Allocations from the system by the engine.
    var systemAllocations = 0
    /// Pages that the system had to supply (minor page faults).
    var pageFaults = 0
  }

  let steps: [Step]
  let counts: Counts
  /// Floating-point operations per second of the best matrix product.
  let productPeak: Double
  /// Of the preliminary phase, 0 where there is none.
  let preliminarySeconds: Double
  /// Numbers that a step changes.
  let trainableParameters: Int
  /// Bytes by kind, and of their sum as `total`: the peaks of the steps, not of what came before.
  let peakMemory: [String: Int]
  /// Bytes of resident memory of the whole process at its peak.
  let peakProcessMemory: Int
}

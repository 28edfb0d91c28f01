import Compute

/// What bases cost, as a table and as an array of JSON.
public struct DecompositionTable: Encodable {
  private let measurements: [DecompositionMeasurement]

  /// A table of these measurements.
  public init(_ measurements: [DecompositionMeasurement]) { self.measurements = measurements }

  /// A row for each measurement.
  public var table: ResultTable {
    ResultTable(
      title: "Preliminary phase: both sides of a weight",
      columns: [
        "Weight", "Gradients", "Seconds a gradient", "Decomposition, s", "of which", "Basis, MB",
        "Temporary, MB", "Memory, MB", "Process, MB",
      ],
      rows: measurements.map { one in
        [
          "\(one.job.outputSize) x \(one.job.inputSize)", "\(one.job.samples)",
          one.secondsPerGradient.fixed(3), one.decompositionSeconds.fixed(2),
          one.axes.map { "\($0.size): \($0.seconds.fixed(2))" }.joined(separator: ", "),
        ]
          + ["basis", "temporary", "total"].map {
            (Double(one.peakMemory[$0] ?? 0) / 1e6).fixed(1)
          } + [(Double(one.peakProcessMemory) / 1e6).fixed(1)]
      })
  }

  private struct Row: Encodable {
    let output_size: Int, input_size: Int
    let gradients: Int, tokens: Int
    let precision: Precision
    let seconds_per_gradient: Double
    let decomposition_seconds: Double
    let decomposition_seconds_by_size: [String: Double]
    let peak_memory: [String: Int]
    let peak_process_memory: Int
  }

  /// An array with an object for each measurement; bytes and seconds.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      measurements.map { one in
        Row(
          output_size: one.job.outputSize, input_size: one.job.inputSize,
          gradients: one.job.samples, tokens: one.job.tokens, precision: one.job.precision,
          seconds_per_gradient: one.secondsPerGradient,
          decomposition_seconds: one.decompositionSeconds,
          decomposition_seconds_by_size: Dictionary(
            one.axes.map { ("\($0.size)", $0.seconds) }, uniquingKeysWith: +),
          peak_memory: one.peakMemory, peak_process_memory: one.peakProcessMemory)
      })
  }
}

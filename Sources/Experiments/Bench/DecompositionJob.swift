import Compute
import Methods
import Support
import Training

/// Measures what the basis of one weight [out, in] costs: gradients are taken and forgotten, then the Gram matrices of
/// both sides decomposed, as in the preliminary phase.
public struct DecompositionJob: Codable, Sendable {
  let outputSize: Int, inputSize: Int
  /// Gradients taken, each from so many random tokens.
  let samples: Int, tokens: Int
  let precision: Precision
  let threads: Int?
  let seed: UInt64

  /// A job for one weight.
  public init(
    outputSize: Int, inputSize: Int, samples: Int, tokens: Int, precision: Precision, threads: Int?,
    seed: UInt64
  ) {
    (self.outputSize, self.inputSize) = (outputSize, inputSize)
    (self.samples, self.tokens) = (samples, tokens)
    self.precision = precision
    self.threads = threads
    self.seed = seed
  }

  /// Runs the job in this process.
  /// - Parameter proceed: is called now and then, and may throw to end the run.
  /// - Throws: `InputError` when oneDNN or LAPACK cannot be had.
  public func measure(_ proceed: () throws -> Void = {}) throws -> DecompositionMeasurement {
    let engine = try Engine(precision: precision, threads: threads)
    var random = RandomStream(seed: seed, purpose: .initialization, index: 0)
    let sums = GramCollector.Sums(
      rows: outputSize, columns: inputSize, output: true, input: true, engine.ledger)
    let gradients = try (0..<samples).map { _ in
      try proceed()
      return addGradient(to: sums, &random, engine)
    }
    let solver = try Eigensolver()
    let axes = try [(outputSize, sums.output), (inputSize, sums.input)].map { size, gram in
      try proceed()
      let seconds = try Stopwatch.seconds {
        _ = try gram.map {
          try solver.decompose($0.matrix(rows: size, columns: size), engine.ledger)
        }
      }
      return DecompositionMeasurement.Axis(size: size, seconds: seconds)
    }
    return DecompositionMeasurement(
      job: self, secondsPerGradient: Spread(gradients).median, axes: axes,
      peakMemory: engine.ledger.peaksByName, peakProcessMemory: peakProcessMemory())
  }

  /// - Returns: the seconds that it took, without those for drawing.
  private func addGradient(
    to sums: GramCollector.Sums, _ random: inout RandomStream, _ engine: Engine
  ) -> Double {
    engine.scratch.scope {
      let dy = engine.scratch.matrix(tokens, outputSize, of: Float.self)
      let x = engine.scratch.matrix(tokens, inputSize, of: Float.self)
      for matrix in [dy, x] {
        for i in 0..<matrix.count { matrix.data[i] = Float.random(in: -1...1, using: &random) }
      }
      return Stopwatch.seconds {
        let gradient = engine.scratch.matrix(outputSize, inputSize, of: Float.self)
        engine.multiply(
          .tn, engine.operand(dy, in: engine.scratch),
          engine.operand(x, in: engine.scratch), into: gradient)
        sums.add(gradient, engine)
      }
    }
  }
}

/// What a `DecompositionJob` has measured.
public struct DecompositionMeasurement: Codable, Sendable {
  /// The decomposition of one side's Gram matrix.
  struct Axis: Codable {
    let size: Int
    let seconds: Double
  }

  let job: DecompositionJob
  /// The median.
  let secondsPerGradient: Double
  let axes: [Axis]
  /// Bytes by kind, and of their sum as `total`.
  let peakMemory: [String: Int]
  /// Bytes of resident memory of the whole process at its peak.
  let peakProcessMemory: Int

  var decompositionSeconds: Double { axes.reduce(0) { $0 + $1.seconds } }
}

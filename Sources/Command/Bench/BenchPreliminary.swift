import ArgumentParser
import SparseGrad

/// `sparsegrad bench --preliminary`
struct BenchPreliminaryOptions: ParsableArguments {
  @Flag(
    help: "Measure the cost of finding the bases of the MLP weights instead, one weight at a time.")
  var preliminary = false

  @Option(
    help: ArgumentHelp(
      "Sides of the weights, instead of --model or --shape: 4096,11008.", valueName: "a,b"))
  var sides: CommaSeparated<Int>?

  @Option(help: "Gradients that a basis is found from; each number is measured.")
  var basisSteps = CommaSeparated([10, 30, 100])

  func validate() throws {
    guard preliminary else {
      if sides != nil { throw ValidationError("--sides: expected with --preliminary only") }
      return
    }
    guard sides.map({ $0.values.count == 2 && $0.values.allSatisfy { 1...32_766 ~= $0 } }) ?? true
    else { throw ValidationError("--sides: expected two numbers from 1 to 32766") }
    guard basisSteps.values.allSatisfy({ 1...1_000_000 ~= $0 }) else {
      throw ValidationError("--basis-steps: expected from 1 to 1000000")
    }
  }

  /// Measures the two kinds of layers of a model, or the weight of `--sides`.
  /// - Parameters:
  ///   - weights: the model's, nil with `--sides`.
  ///   - tokens: of each gradient.
  func run(_ weights: MLPWeights?, tokens: Int, _ options: BenchRunOptions) throws
    -> DecompositionTable
  {
    var shapes = sides.map { [($0.values[0], $0.values[1])] } ?? []
    if let weights {
      let (hidden, inner) = (weights.hiddenSize, weights.intermediateSize)
      shapes = [(inner, hidden), (hidden, inner)]
    }
    return DecompositionTable(
      try shapes.flatMap { output, input in
        try basisSteps.values.map { samples in
          try BenchProcess.measure(
            .decomposition(
              DecompositionJob(
                outputSize: output, inputSize: input, samples: samples, tokens: tokens,
                precision: options.precisions()[0], threads: options.threads,
                seed: options.seed)))
        }
      })
  }
}

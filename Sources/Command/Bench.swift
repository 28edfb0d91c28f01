import ArgumentParser
import Foundation
import SparseGrad

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure speed and memory of the methods (Tables 3, 7 and 8 of the paper).",
    discussion: "docs/benchmarks.md says what is measured, and how.")

  @Option(help: "Hugging Face folder of the model.", completion: .directory)
  var model: String

  @Option(
    help: ArgumentHelp(
      "full, meprop, sparsegrad, sparsegrad-paper; settings follow a colon.",
      discussion: "Example: full,sparsegrad:axes=model,sharing=per-block"))
  var methods = BenchMethods(argument: "full,meprop,sparsegrad")

  @Option(help: "float32, bfloat16, or both.")
  var precision = "float32,bfloat16"

  @Option(help: "Sequences of a batch.")
  var batchSize = 16

  @Option(help: "Tokens of a batch, instead of --batch-size; several make a curve.")
  var tokens: String?

  @Option(help: "Lengths of sequences: mean:53 (normal), fixed:128, or file:PATH.")
  var lengths = BenchLengths.distribution(.normal(mean: 53))

  @Option(help: "Longest sequence in tokens.")
  var maxLength = 128

  @Option(help: "What trains beside the MLP weights.")
  var trainable = TrainableScope.all

  @Option(help: "Timed steps of each repeat.")
  var steps = 12

  @Option(help: "Steps before them.")
  var warmup = 2

  @Option(help: "How often each method is measured.")
  var repeats = 3

  @Option(help: "Threads. (default: all processors)")
  var threads: Int?

  @Option(help: "Draws lengths, tokens and new weights.")
  var seed: UInt64 = 42

  @Flag(help: "Measure forward passes only.")
  var inference = false

  @Flag(help: "Say nothing but errors and results.")
  var quiet = false

  enum Format: String, EnumerableFlag {
    case markdown, csv, json
  }

  @Flag(help: "How results are printed.")
  var format = Format.markdown

  func run() throws {
    var benchmark = Benchmark(.folder(URL(fileURLWithPath: model)), contenders)
    benchmark.precisions = precision.split(separator: ",").compactMap {
      Precision(rawValue: String($0))
    }
    benchmark.sizes =
      tokens.map { $0.split(separator: ",").compactMap { Int($0).map(StepSize.tokens) } }
      ?? [.sequences(batchSize)]
    if case .distribution(let distribution) = lengths { benchmark.lengths = distribution }
    benchmark.maximumLength = min(maxLength, try benchmark.model.maximumLength())
    (benchmark.steps, benchmark.warmUp, benchmark.repeats) = (steps, warmup, repeats)
    (benchmark.threads, benchmark.seed) = (threads, seed)
    let results = try benchmark.run { entry, number in
      let measurement = try entry.job.measureInOwnProcess()
      if !quiet { Console.note("\(entry.method), repeat \(number + 1)\n") }
      return measurement
    }
    try Console.printJSON(results)
  }

  private var contenders: [Benchmark.Contender] {
    if inference { return [.init("inference", .inference)] }
    return (methods?.methods ?? []).map { .init($0.name, .training($0.method, trainable)) }
  }
}

import ArgumentParser
import Foundation
import SparseGrad

extension ModelShape: ExpressibleByArgument {}

/// The model and the text that `sparsegrad bench` measures on.
struct BenchModelOptions: ParsableArguments {
  @Option(help: "Hugging Face folder of the model, or a GGUF file.", completion: .directory)
  var model: String?

  @Option(help: "Random weights of a known shape, instead of --model.")
  var shape: ModelShape?

  @Option(help: "Lengths of sequences: mean:53 (normal, cut to 8), fixed:128, or file:PATH.")
  var lengths = BenchLengths.distribution(.normal(mean: 53))

  @Option(help: "Longest sequence in tokens. (default: 128, or that of fixed lengths)")
  var maxLength: Int?

  func validate() throws {
    if let model { try checkPath(model, "--model") }
    guard maxLength.map({ 1...1_000_000 ~= $0 }) ?? true else {
      throw ValidationError("--max-length: expected from 1 to 1000000")
    }
  }

  func benchmarkModel() throws -> BenchmarkModel {
    if let shape { return .shape(shape) }
    return .folder(URL(fileURLWithPath: model ?? ""))
  }

  func distribution() throws -> LengthDistribution {
    switch lengths {
    case .distribution(let distribution): distribution
    case .file(let url):
      try LengthDistribution(
        contentsOf: url, tokenizer: model.map { try Tokenizer(folder: URL(fileURLWithPath: $0)) })
    }
  }

  var maximumLength: Int {
    if let maxLength { return maxLength }
    if case .distribution(.fixed(let length)) = lengths { return length }
    return 128
  }
}

/// How much is measured.
struct BenchRunOptions: ParsableArguments {
  @Option(
    help: "Precisions of matrix products: float32, bfloat16, or auto for what is faster here.")
  var precision = CommaSeparated([PrecisionFlag.auto])

  @Option(help: "Timed steps of each repeat.")
  var steps = 12

  @Option(help: "Steps before the timed ones.")
  var warmup = 2

  @Option(help: "How many times each method is measured, taking turns.")
  var repeats = 3

  @Option(help: "Threads. (default: all processors)")
  var threads: Int?

  @Option(help: "Random seed for lengths, tokens and weights.")
  var seed: UInt64 = 42

  /// The precisions to measure in, each once.
  func precisions() throws -> [Precision] {
    try precision.values.reduce(into: []) { chosen, flag in
      let precision = try flag.precision ?? .fastest()
      if !chosen.contains(precision) { chosen.append(precision) }
    }
  }

  func validate() throws {
    func check(_ value: Int, _ flag: String, _ range: ClosedRange<Int>) throws {
      guard range ~= value else {
        throw ValidationError("\(flag): expected from \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check(steps, "--steps", 1...100_000)
    try check(warmup, "--warmup", 0...100_000)
    try check(repeats, "--repeats", 1...1000)
    if let threads { try check(threads, "--threads", 1...1024) }
  }
}

/// How results are printed.
enum BenchFormat: String, EnumerableFlag {
  case markdown, csv, json
}

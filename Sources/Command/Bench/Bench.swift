import ArgumentParser
import Foundation
import SparseGrad

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure speed and memory of the methods (Tables 3, 7 and 8 of the paper).",
    discussion: "docs/benchmarks.md says what is measured, and how.")

  @OptionGroup(title: "Model and text") var model: BenchModelOptions

  @Option(
    help: ArgumentHelp(
      "full, lora, meprop, sparsegrad, sparsegrad-paper; settings may follow a colon.",
      discussion: "For example full,sparsegrad:axes=hidden,sharing=per-block."))
  var methods = "full,lora,meprop,sparsegrad"

  @OptionGroup var layers: LayerOptions

  @Option(
    help:
      "What is trained in addition to the MLP weights, with all methods. (default: mlp+rest; mlp for language models)"
  )
  var trainable: TrainableScope?

  @Option(help: "Sequences of a step.")
  var batchSize = 16

  @Option(help: "Tokens of a step, instead of --batch-size; several numbers show a curve.")
  var tokens: CommaSeparated<Int>?

  @Flag(help: "Measure forward passes only, without a method.")
  var inference = false

  @OptionGroup(title: "Measurement") var options: BenchRunOptions

  @Flag(help: "Also show where the time of a step goes.")
  var profile = false

  @OptionGroup(title: "Preliminary phase") var bases: BenchPreliminaryOptions

  @Flag(help: "How results are printed.")
  var format = BenchFormat.markdown

  @Flag(help: "Print nothing but errors and results.")
  var quiet = false

  func validate() throws {
    if bases.sides == nil {
      guard (model.model == nil) != (model.shape == nil) else {
        throw ValidationError("expected either --model or --shape")
      }
    } else if model.model != nil || model.shape != nil {
      throw ValidationError("--sides: expected without --model and --shape")
    }
    guard ([batchSize] + (tokens?.values ?? [])).allSatisfy({ 1...1_000_000 ~= $0 }) else {
      throw ValidationError("--batch-size, --tokens: expected from 1 to 1000000")
    }
    if profile && bases.preliminary {
      throw ValidationError("--profile: expected without --preliminary")
    }
    if profile && format == .csv {
      throw ValidationError("--profile: expected without --csv, which has no place for it")
    }
  }

  func run() throws {
    if bases.preliminary { try measureBases() } else { try measureSteps() }
  }

  private func measureBases() throws {
    let weights = bases.sides == nil ? try model.benchmarkModel().mlpWeights() : nil
    let result = try bases.run(weights, tokens: tokens?.values[0] ?? 1024, options)
    switch format {
    case .json: try Console.printJSON(result)
    case .markdown: try Console.print(result.table.markdown)
    case .csv: try Console.print(result.table.csv)
    }
  }

  private func measureSteps() throws {
    var benchmark = Benchmark(try model.benchmarkModel(), try contenders())
    benchmark.precisions = try options.precisions()
    if !quiet, options.precision.values.contains(.auto) {
      let names = benchmark.precisions.map(\.rawValue).joined(separator: ", ")
      Console.note("precision: \(names)\n")
    }
    benchmark.sizes = tokens.map { $0.values.map(StepSize.tokens) } ?? [.sequences(batchSize)]
    benchmark.lengths = try model.distribution()
    benchmark.maximumLength = model.maximumLength
    (benchmark.steps, benchmark.warmUp, benchmark.repeats) = (
      options.steps, options.warmup, options.repeats
    )
    (benchmark.threads, benchmark.seed) = (options.threads, options.seed)
    benchmark.profiles = profile

    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sparsegrad-bench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    benchmark.bases = folder
    let interrupt = Interrupt()
    try show(
      benchmark.run { entry, number in
        let measurement = Result { try measure(entry, number) }
        if interrupt.wasRequested { throw InputError("bench", "interrupted") }
        return try measurement.get()
      })
  }

  private func contenders() throws -> [Benchmark.Contender] {
    if inference { return [Benchmark.Contender("inference", .inference)] }
    let model = try model.benchmarkModel()
    let (weights, continues) = (try model.mlpWeights(), try model.isLanguageModel())
    let task = continues ? TaskKind.text : .classification
    let layers = try layers.layers(for: task) ?? TrainedLayers(blocks: continues ? .every(3) : .all)
    return try MethodSpecification.list(methods).map { specification in
      let method = try specification.method().method(for: weights)
      return Benchmark.Contender(
        specification.text,
        .training(method, on: layers, trainable ?? (continues ? .mlp : .all)))
    }
  }

  private func measure(_ entry: Benchmark.Entry, _ number: Int) throws -> BenchmarkMeasurement {
    let measurement: BenchmarkMeasurement = try BenchProcess.measure(.steps(entry.job))
    if !quiet {
      let name = "\(entry.method), \(entry.job.precision.rawValue)"
      let speed = "\(Int(clamping: measurement.tokensPerSecond).grouped) tokens/s"
      Console.note("repeat \(number + 1) of \(options.repeats): \(name): \(speed)\n")
    }
    return measurement
  }

  private func show(_ results: [BenchmarkResult]) throws {
    switch format {
    case .json: try Console.printJSON(results)
    case .markdown: try Console.print(BenchmarkTables(results).markdown)
    case .csv: try Console.print(BenchmarkTables(results).csv)
    }
  }
}

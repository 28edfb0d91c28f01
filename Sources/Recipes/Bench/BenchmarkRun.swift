import Checkpoints
import Compute
import Foundation
import Methods
import Models
import Support
import Tokenizers
import Training

/// Runs a benchmark's job in this process: the very steps of fine-tuning, on random tokens.
public struct BenchmarkRun {
  private let job: BenchmarkJob
  private let productPeak: Double
  private let engine: Engine
  private let model: any SequenceClassifier
  private let data: EncodedDataset
  private let settings: TrainingSettings

  /// Measures the speed of products, then loads the model.
  /// - Throws: as `Engine` and loading a model.
  public init(_ job: BenchmarkJob) throws {
    self.job = job
    productPeak = try ProductPeak.measure(job.precision, threads: job.threads)
    engine = try Engine(precision: job.precision, threads: job.threads)
    model = try job.model.load(seed: job.seed, engine)
    data = Self.randomTokens(job, vocabularySize: model.vocabularySize)
    var settings = TrainingSettings()
    (settings.precision, settings.seed) = (job.precision, job.seed)
    settings.batch = .sequences(job.batches.first?.count ?? 1)
    if case .training(let method, let scope) = job.work {
      (settings.method, settings.scope) = (method, scope)
    }
    self.settings = settings
  }

  /// Takes all steps.
  /// - Parameter proceed: is called before each step, and may throw to end the run.
  /// - Throws: `InputError` when the loss is not finite or a basis cannot be found.
  public func measure(_ proceed: () throws -> Void = {}) throws -> BenchmarkMeasurement {
    switch job.work {
    case .training(let method, let scope):
      var basis: Basis?
      let preliminary = try Stopwatch.seconds {
        if case .sparseGrad(let sparse) = method, sparse.needsBasis {
          basis = try PreliminaryPhase(settings, engine).find(
            model, data, sparse, Fingerprint(hexadecimal: ""), progress: { _ in try proceed() })
        }
      }
      let trainables = try model.train(method, scope: scope, basis: basis, engine)
      basis = nil
      let stepper = Stepper(model, trainables, settings, engine)
      let count = FLOPCount(model)
      return try measure(
        preliminary, trainables.reduce(0) { $0 + $1.trainableCount }, proceed,
        operations: { count.training($0, method, scope) },
        step: { number, indices in
          _ = try stepper.step(
            [indices], of: data, number: number, learningRate: settings.learningRate)
        })
    case .inference:
      let evaluator = Evaluator(model, engine)
      return try measure(
        0, 0, proceed, operations: FLOPCount(model).forward,
        step: { _, indices in
          _ = evaluator.logits(
            of: EncodedDataset(indices.map { data.sequences[$0] }, source: data.source))
        })
    }
  }

  private func measure(
    _ preliminarySeconds: Double, _ trainableParameters: Int, _ proceed: () throws -> Void,
    operations: ([Int]) -> Int, step: (Int, [Int]) throws -> Void
  ) throws -> BenchmarkMeasurement {
    engine.ledger.resetPeaks()
    var start = 0
    var steps: [BenchmarkMeasurement.Step] = []
    var before = counts
    for (number, lengths) in job.batches.enumerated() {
      try proceed()
      if number == job.warmUp { before = counts }
      let indices = Array(start..<start + lengths.count)
      start += lengths.count
      let seconds = try Stopwatch.seconds { try step(number, indices) }
      guard number >= job.warmUp else { continue }
      steps.append(
        .init(
          seconds: seconds, sequences: lengths.count, tokens: lengths.reduce(0, +),
          operations: operations(lengths)))
    }
    return BenchmarkMeasurement(
      steps: steps, counts: counts - before, productPeak: productPeak,
      preliminarySeconds: preliminarySeconds, trainableParameters: trainableParameters,
      peakMemory: engine.ledger.peaksByName, peakProcessMemory: peakProcessMemory())
  }

  private var counts: BenchmarkMeasurement.Counts {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return .init(
      products: engine.productCount, systemAllocations: engine.ledger.systemAllocations,
      pageFaults: usage.ru_minflt)
  }

  private static func randomTokens(_ job: BenchmarkJob, vocabularySize: Int) -> EncodedDataset {
    var random = RandomStream(seed: job.seed, purpose: .shuffling, index: 1)
    let items = job.batches.joined().map { length in
      EncodedDataset.Item(
        encoding: Encoding(
          ids: (0..<length).map { _ in
            Int32.random(in: 0..<Int32(vocabularySize), using: &random)
          },
          typeIds: [Int32](repeating: 0, count: length), wasTruncated: false),
        target: .label(Int.random(in: 0...1, using: &random)))
    }
    return EncodedDataset(items, source: "random tokens")
  }
}

extension BenchmarkMeasurement.Counts {
  fileprivate static func - (a: Self, b: Self) -> Self {
    Self(
      products: a.products - b.products,
      systemAllocations: a.systemAllocations - b.systemAllocations,
      pageFaults: a.pageFaults - b.pageFaults)
  }
}

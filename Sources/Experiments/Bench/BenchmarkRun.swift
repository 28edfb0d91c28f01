import Compute
import Foundation
import Inference
import Layers
import Methods
import Models
import Support
import Training
import Weights

/// Runs a benchmark's job in this process: the very steps of fine-tuning, on random tokens.
public struct BenchmarkRun {
  private let job: BenchmarkJob
  private let productPeak: Double
  private let engine: Engine
  private let model: any TransformerModel
  private let batches: [RandomText.Batch]
  private let text: RandomText
  private let loss: any LossFunction

  /// Loads the model.
  /// - Parameters:
  ///   - job: what is measured.
  ///   - productPeak: as `ProductPeak` has measured it just before.
  /// - Throws: `InputError` when the engine or the model cannot be had, sequences are too long for it, or a step
  ///   cannot fit in memory.
  public init(_ job: BenchmarkJob, productPeak: Double) throws {
    self.job = job
    self.productPeak = productPeak
    engine = try Engine(precision: job.precision, threads: job.threads)
    model = try job.model.load(seed: job.seed, engine)
    let longest = job.batches.joined().max() ?? 0
    guard longest <= model.limits.maximumLength else {
      throw InputError(
        .maximumLength,
        "\(job.model.name) has positions for \(model.limits.maximumLength) tokens, expected no more"
      )
    }
    try Self.checkMemory(job)
    let continues = try job.model.isLanguageModel()
    loss = continues ? NextTokenLoss() : CrossEntropy()
    text = RandomText(
      job.batches, answers: continues ? .nextTokens : .labels,
      vocabularySize: model.limits.vocabularySize, seed: job.seed)
    batches = text.batches
  }

  /// A step keeps at least the inner activations of its blocks, of two bytes each.
  private static func checkMemory(_ job: BenchmarkJob) throws {
    let weights = try job.model.mlpWeights()
    let blocks = job.work == .inference ? 1 : weights.count / 2
    let tokens = job.batches.map { $0.reduce(0, +) }.max() ?? 0
    let memory = Int(ProcessInfo.processInfo.physicalMemory)
    guard tokens <= memory / (2 * blocks * weights.intermediateSize) else {
      throw InputError(
        "\(Setting.batchSize), \(Setting.tokens)",
        "a step of \(tokens) tokens needs more memory than the \(memory >> 30) GiB of this machine")
    }
  }

  /// Takes all steps.
  /// - Parameter proceed: is called before each step, and may throw to end the run.
  /// - Throws: `InputError` when the loss is not finite or a basis cannot be found.
  public func measure(_ proceed: () throws -> Void = {}) throws -> BenchmarkMeasurement {
    switch job.work {
    case .training(let method, let layers, let scope): try training(method, layers, scope, proceed)
    case .inference: try inference(proceed)
    }
  }

  private func training(
    _ method: TrainingMethod, _ layers: TrainedLayers, _ scope: TrainableScope,
    _ proceed: () throws -> Void
  ) throws -> BenchmarkMeasurement {
    var settings = TrainingSettings()
    (settings.method, settings.layers, settings.scope) = (method, layers, scope)
    (settings.precision, settings.seed) = (job.precision, job.seed)
    settings.batch = .sequences(batches.first?.indices.count ?? 1)
    let (trained, seconds) = try trained(settings, proceed)
    let stepper = Stepper(model, trained, loss: loss, settings, engine)
    let count = FLOPCount(model)
    return try measure(
      preliminarySeconds: seconds,
      trainableParameters: trained.all.reduce(0) { $0 + $1.trainableCount },
      operations: { try count.training($0, method, on: layers, scope) }
    ) { number, batch in
      try proceed()
      return try Stopwatch.seconds {
        _ = try stepper.step(
          [Array(batch.indices)], of: text.data, number: number,
          learningRate: settings.highestLearningRate)
      }
    }
  }

  /// What a step changes, and the time that a basis took. The basis is gone when this returns: what is left is
  /// what training keeps of it.
  private func trained(_ settings: TrainingSettings, _ proceed: () throws -> Void) throws
    -> (TrainedParameters, seconds: Double?)
  {
    let (basis, seconds) = try basis(settings, proceed)
    return (
      try model.train(
        settings.method, on: settings.trainedLayers, scope: settings.trainedScope, basis: basis,
        engine), seconds
    )
  }

  private func inference(_ proceed: () throws -> Void) throws -> BenchmarkMeasurement {
    let evaluator = Evaluator(model, engine)
    return try measure(
      preliminarySeconds: nil, trainableParameters: 0, operations: FLOPCount(model).forward
    ) { _, batch in
      try proceed()
      let data = text.part(batch)
      return Stopwatch.seconds { _ = evaluator.outputs(of: data) }
    }
  }

  /// The basis that the method needs: the one that an earlier repeat has kept, or a new one and the time that
  /// finding it took.
  private func basis(_ settings: TrainingSettings, _ proceed: () throws -> Void) throws
    -> (Basis?, seconds: Double?)
  {
    guard case .sparseGrad(let method) = settings.method, method.needsBasis else {
      return (nil, nil)
    }
    let fingerprint = Fingerprint(hexadecimal: job.model.name)
    if let file = job.basis, FileManager.default.fileExists(atPath: file.path) {
      return (try Basis(contentsOf: file, for: fingerprint, engine), nil)
    }
    var basis: Basis?
    let seconds = try Stopwatch.seconds {
      basis = try PreliminaryPhase(settings, loss: loss, engine)
        .find(model, text.data, method, fingerprint) { _ in try proceed() }
    }
    if let file = job.basis { try basis?.write(to: file) }
    return (basis, seconds)
  }

  private func measure(
    preliminarySeconds: Double?, trainableParameters: Int, operations: ([Int]) throws -> Int,
    step: (Int, RandomText.Batch) throws -> Double
  ) throws -> BenchmarkMeasurement {
    engine.ledger.resetPeaks()
    for (number, batch) in batches.prefix(job.warmUp).enumerated() { _ = try step(number, batch) }
    let before = counts
    let profiler = job.profiles ? Profiler() : nil
    engine.profiler = profiler
    defer { engine.profiler = nil }
    let steps = try batches.enumerated().dropFirst(job.warmUp).map { number, batch in
      BenchmarkMeasurement.Step(
        seconds: try step(number, batch), sequences: batch.lengths.count,
        tokens: batch.lengths.reduce(0, +), operations: try operations(batch.lengths))
    }
    return BenchmarkMeasurement(
      steps: steps, counts: counts - before, productPeak: productPeak,
      preliminarySeconds: preliminarySeconds, trainableParameters: trainableParameters,
      peakMemory: engine.ledger.peaksByName, peakProcessMemory: peakProcessMemory(),
      profile: profiler.map {
        StepProfile($0, seconds: steps.reduce(0) { $0 + $1.seconds }, steps: steps.count)
      })
  }

  private var counts: BenchmarkMeasurement.Counts {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return .init(
      products: engine.productCount, systemAllocations: engine.allocationCount,
      pageFaults: usage.ru_minflt)
  }
}

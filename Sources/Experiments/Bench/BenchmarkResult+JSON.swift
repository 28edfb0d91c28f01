import Compute
import Methods

extension BenchmarkResult: Encodable {
  private enum Key: String, CodingKey {
    case method, precision, settings, repeats, steps, profile
    case batchSize = "batch_size"
    case batchTokens = "batch_tokens"
    case stepsPerSecond = "steps_per_second"
    case tokensPerSecond = "tokens_per_second"
    case sequencesPerSecond = "sequences_per_second"
    case flopFraction = "flop_fraction"
    case productPeak = "product_peak_flops"
    case operationsPerStep = "flops_per_step"
    case peakMemory = "peak_memory"
    case peakProcessMemory = "peak_process_memory"
    case preliminarySeconds = "preliminary_seconds"
    case trainableParameters = "trainable_parameters"
    case productsPerStep = "products_per_step"
    case systemAllocationsPerStep = "system_allocations_per_step"
    case pageFaultsPerStep = "page_faults_per_step"
  }

  /// A key followed by which of several values it is.
  private struct SpreadKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The settings that decide what is computed.
  private struct Settings: Encodable {
    let model: String
    let trainable: TrainableScope?
    let layers: TrainedLayers?
    let method: TrainingMethod?
    let warmUp: Int
    let threads: Int?
    let seed: UInt64
    let longest: Int
    let meanLength: Double

    enum CodingKeys: String, CodingKey {
      case model, trainable, layers, method, threads, seed
      case warmUp = "warmup"
      case longest = "longest_sequence"
      case meanLength = "mean_length"
    }
  }

  /// An object with the keys of `sparsegrad bench --json`; bytes, seconds, and medians with `_min` and `_max`.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(method, forKey: .method)
    try values.encode(job.precision, forKey: .precision)
    try values.encode(settings, forKey: .settings)
    try values.encode(repeats, forKey: .repeats)
    try values.encode(job.batches.count - job.warmUp, forKey: .steps)
    switch job.size {
    case .sequences(let count): try values.encode(count, forKey: .batchSize)
    case .tokens(let count): try values.encode(count, forKey: .batchTokens)
    }
    try values.encodeIfPresent(profile?.entries, forKey: .profile)
    try values.encode(operationsPerStep, forKey: .operationsPerStep)
    try values.encode(peakMemory, forKey: .peakMemory)
    try values.encode(peakProcessMemory, forKey: .peakProcessMemory)
    try values.encodeIfPresent(preliminarySeconds, forKey: .preliminarySeconds)
    try values.encode(trainableParameters, forKey: .trainableParameters)
    try values.encode(productsPerStep, forKey: .productsPerStep)
    try values.encode(systemAllocationsPerStep, forKey: .systemAllocationsPerStep)
    try values.encode(pageFaultsPerStep, forKey: .pageFaultsPerStep)

    var spreads = encoder.container(keyedBy: SpreadKey.self)
    for (key, spread) in [
      (Key.stepsPerSecond, stepsPerSecond), (.tokensPerSecond, tokensPerSecond),
      (.sequencesPerSecond, sequencesPerSecond), (.flopFraction, flopFraction),
      (.productPeak, productPeak),
    ] {
      for (suffix, value) in [
        ("", spread.median), ("_min", spread.minimum), ("_max", spread.maximum),
      ] {
        try spreads.encode(value, forKey: SpreadKey(stringValue: key.rawValue + suffix))
      }
    }
  }

  private var settings: Settings {
    let lengths = Array(job.batches.joined())
    let (method, layers, scope): (TrainingMethod?, TrainedLayers?, TrainableScope?) =
      if case .training(let method, let layers, let scope) = job.work {
        (method, layers, scope)
      } else { (nil, nil, nil) }
    return Settings(
      model: job.model.name, trainable: scope, layers: layers, method: method, warmUp: job.warmUp,
      threads: job.threads, seed: job.seed, longest: lengths.max() ?? 0,
      meanLength: Double(lengths.reduce(0, +)) / Double(max(1, lengths.count)))
  }
}

import Compute
import Foundation
import Methods

/// Compares methods of training on one model: the job of `sparsegrad bench`.
///
/// Every method is measured several times, each time in a process of its own, so that memory peaks are its own;
/// repeats of the methods alternate, so that a change of the machine's load meets all of them.
public struct Benchmark {
  /// Something to measure.
  public struct Contender: Sendable {
    /// What tables call it.
    public let name: String
    /// What it does.
    public let work: BenchmarkJob.Work

    /// A contender.
    public init(_ name: String, _ work: BenchmarkJob.Work) {
      self.name = name
      self.work = work
    }
  }

  /// The model.
  public var model: BenchmarkModel
  /// What is compared.
  public var contenders: [Contender]
  /// Each is measured in all of these.
  public var precisions = [Precision.float32]
  /// How much text a step reads; each is measured.
  public var sizes = [StepSize.sequences(16)]
  /// How long sequences are.
  public var lengths = LengthDistribution.normal(mean: 53)
  /// None is longer.
  public var maximumLength = 128
  /// Timed steps of each repeat.
  public var steps = 12
  /// Steps before them.
  public var warmUp = 2
  /// How often each is measured.
  public var repeats = 3
  /// All processors unless given.
  public var threads: Int?
  /// Draws lengths, tokens and new weights.
  public var seed: UInt64 = 42
  /// Whether to measure where the time of steps goes.
  public var profiles = false
  /// A folder for bases, so that each is found once.
  public var bases: URL?

  /// A benchmark with default settings.
  public init(_ model: BenchmarkModel, _ contenders: [Contender]) {
    self.model = model
    self.contenders = contenders
  }

  /// One thing that is measured `repeats` times.
  public struct Entry: Sendable {
    /// The contender's name.
    public let method: String
    /// What its processes do.
    public let job: BenchmarkJob
  }

  /// Everything that is measured.
  public var entries: [Entry] {
    precisions.flatMap { precision in
      sizes.flatMap { size in
        let plan = BatchPlan(
          size, of: lengths, maximum: maximumLength, steps: warmUp + steps, seed: seed)
        return contenders.enumerated().map { number, contender in
          Entry(
            method: contender.name,
            job: BenchmarkJob(
              model: model, work: contender.work, precision: precision, size: size,
              batches: plan.batches, warmUp: warmUp, threads: threads, seed: seed,
              basis: bases?.appendingPathComponent("\(precision)-\(number).safetensors"),
              profiles: profiles))
        }
      }
    }
  }

  /// Measures all entries.
  /// - Parameter measure: runs an entry's job, best in a process of its own; the number says which repeat it is.
  /// - Throws: what `measure` throws.
  public func run(_ measure: (Entry, Int) throws -> BenchmarkMeasurement) rethrows
    -> [BenchmarkResult]
  {
    let entries = entries
    var measurements = [[BenchmarkMeasurement]](repeating: [], count: entries.count)
    for number in 0..<repeats {
      for (i, entry) in entries.enumerated() {
        measurements[i].append(try measure(entry, number))
      }
    }
    return zip(entries, measurements).map { BenchmarkResult($0.method, $0.job, $1) }
  }
}

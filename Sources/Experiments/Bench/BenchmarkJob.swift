import Compute
import Foundation
import Methods

/// What one process of a benchmark measures.
public struct BenchmarkJob: Codable, Sendable {
  /// What the steps are for.
  public enum Work: Hashable, Codable, Sendable {
    /// Steps of fine-tuning: a method, the layers that it is on, and what trains beside them.
    case training(TrainingMethod, on: TrainedLayers = TrainedLayers(), TrainableScope)
    /// Forward passes only.
    case inference
  }

  let model: BenchmarkModel
  let work: Work
  /// The precision of matrix products.
  public let precision: Precision
  /// How much text a step reads.
  let size: StepSize
  /// The lengths of each step's sequences.
  let batches: [[Int]]
  /// How many steps come before the timed ones.
  let warmUp: Int
  /// As many as processors when nil.
  public let threads: Int?
  let seed: UInt64
  /// Where the first process of several keeps the basis it has found; the others read it.
  let basis: URL?
  /// Whether to measure where the time of the steps goes.
  var profiles = false
}

import Checkpoints
import Compute
import Foundation
import Models

/// The model that a benchmark runs.
public enum BenchmarkModel: Hashable, Codable, Sendable {
  /// That of a Hugging Face folder.
  case folder(URL)

  /// What tables call it.
  public var name: String {
    switch self {
    case .folder(let url): url.lastPathComponent
    }
  }

  /// The model with a new head of two labels.
  /// - Throws: `InputError` naming the file, key or tensor at fault.
  func load(seed: UInt64, _ engine: Engine) throws -> any SequenceClassifier {
    let head = HeadConfiguration.classification(labels: HeadConfiguration.unnamedLabels(2))
    switch self {
    case .folder(let url):
      return try ModelFolder(url).sequenceClassifier(
        head: head, weights: .new, seed: seed, engine)
    }
  }

  /// The longest sequence that the model has positions for.
  /// - Throws: as `load`.
  public func maximumLength() throws -> Int {
    switch self {
    case .folder(let url): try ModelFolder(url).configuration().integer("max_position_embeddings")
    }
  }
}

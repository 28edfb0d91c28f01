import Compute
import Foundation
import Models
import Weights

/// The model that a benchmark runs.
public enum BenchmarkModel: Hashable, Codable, Sendable {
  /// That of a Hugging Face folder.
  case folder(URL)
  /// Random weights of a known shape.
  case shape(ModelShape)

  /// What tables call it.
  public var name: String {
    switch self {
    case .folder(let url): url.standardizedFileURL.resolvingSymlinksInPath().lastPathComponent
    case .shape(let shape): shape.rawValue
    }
  }

  /// The weights of its MLP blocks.
  /// - Throws: `InputError` naming the key of `config.json` at fault.
  public func mlpWeights() throws -> MLPWeights {
    let configuration: ConfigurationFile
    switch self {
    case .folder(let url): configuration = try ModelFolder(url).configuration()
    case .shape(let shape): configuration = shape.configuration
    }
    return try MLPWeights(configuration)
  }

  /// The model with a new head of two labels.
  /// - Throws: `InputError` naming the file, key or tensor at fault.
  func load(seed: UInt64, _ engine: Engine) throws -> any TransformerModel {
    let head = HeadConfiguration.classification(labels: HeadConfiguration.unnamedLabels(2))
    switch self {
    case .folder(let url):
      return try ModelFolder(url).model(
        head: head, weights: .new, seed: seed, engine)
    case .shape(let shape):
      return try shape.randomClassifier(head: head, seed: seed, engine)
    }
  }
}

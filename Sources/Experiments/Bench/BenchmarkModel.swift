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
  public func mlpWeights() throws -> MLPWeights { try MLPWeights(configuration()) }

  /// Whether it goes on with a text, so that its steps are those of language modelling.
  /// - Throws: `InputError` naming the key of `config.json` at fault.
  public func isLanguageModel() throws -> Bool { try ModelType(configuration()).isLanguageModel }

  private func configuration() throws -> ConfigurationFile {
    switch self {
    case .folder(let url): try ModelFolder(url).configuration()
    case .shape(let shape): shape.configuration
    }
  }

  /// The model, with a new head of two labels unless it is a language model.
  /// - Throws: `InputError` naming the file, key or tensor at fault.
  func load(seed: UInt64, _ engine: Engine) throws -> any TransformerModel {
    let continues = try isLanguageModel()
    let head =
      continues
      ? HeadConfiguration.languageModel
      : .classification(labels: HeadConfiguration.unnamedLabels(2))
    switch self {
    case .folder(let url):
      return try ModelFolder(url).model(
        head: head, weights: continues ? .kept : .new, seed: seed, engine)
    case .shape(let shape):
      return try shape.randomModel(head: head, seed: seed, engine)
    }
  }
}

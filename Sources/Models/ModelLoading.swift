import Compute
import Layers
import Support
import Weights

/// The architectures that can be loaded, by `config.json`'s `model_type`.
public enum ModelType: String, CaseIterable, Sendable {
  /// BERT and its relatives of the same shape (MiniLM, ...).
  case bert
  /// RoBERTa, base and large.
  case roberta

  var architecture: EncoderArchitecture {
    switch self {
    case .bert: .bert
    case .roberta: .roberta
    }
  }

  /// The architecture that `config.json` names.
  /// - Throws: `InputError` when it is not one of these.
  public init(_ file: ConfigurationFile) throws {
    guard let type = Self(rawValue: try file.string("model_type")) else {
      let known = Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw file.error("model_type", expected: known)
    }
    self = type
  }

  /// The name of the weight [labels, hidden] that makes the logits.
  package var projectionName: String { architecture.projection + ".weight" }
}

extension ModelFolder {
  /// The folder's architecture.
  /// - Throws: `InputError` when it is not one of `ModelType`.
  public func modelType() throws -> ModelType { try ModelType(configuration()) }

  /// Whether the weights include a classification head's.
  /// - Throws: `InputError` when the architecture is not known, or the weights cannot be opened.
  public func hasClassificationHead() throws -> Bool { try headSize() != nil }

  /// The number of logits of the classification head that the weights include; nil if they include none.
  /// - Throws: `InputError` when the architecture is not known, or the weights cannot be opened.
  package func headSize() throws -> Int? {
    let (checkpoint, name) = (try checkpoint(), try modelType().projectionName)
    if let weight = checkpoint[name] { return weight.info.shape.first ?? 0 }
    if checkpoint.prefix(before: name) != nil { throw checkpoint.missing(name) }
    return nil
  }

  /// Loads the folder's model with a classification head.
  /// - Parameters:
  ///   - head: what the head tells apart.
  ///   - weights: where its weights come from.
  ///   - dropout: replaces all of the configuration's dropout probabilities, if given.
  ///   - seed: of weights that are new.
  /// - Throws: `InputError` naming the file, key or tensor at fault.
  public func sequenceClassifier(
    head: HeadConfiguration, weights: HeadWeights = .kept, dropout: Float? = nil, seed: UInt64 = 42,
    _ engine: Engine
  ) throws -> any SequenceClassifier {
    try EncoderClassifier(
      configuration(), modelType().architecture, .checkpoint(checkpoint()), head: head, weights,
      dropout: dropout, seed: seed, engine)
  }
}

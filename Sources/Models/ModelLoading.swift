import Checkpoints
import Compute
import Layers
import Support

/// The architectures that can be loaded, by `config.json`'s `model_type`.
public enum ModelType: String, CaseIterable, Sendable {
  /// BERT and its relatives of the same shape (MiniLM, ...).
  case bert
}

extension ModelFolder {
  /// The folder's architecture.
  /// - Throws: `InputError` when it is not one of `ModelType`.
  public func modelType() throws -> ModelType {
    let file = try configuration()
    guard let type = ModelType(rawValue: try file.string("model_type")) else {
      let known = ModelType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw file.error("model_type", expected: known)
    }
    return type
  }

  /// Loads the folder's model with a classification head.
  /// - Parameters: see `BertForSequenceClassification`.
  /// - Throws: `InputError` naming the file, key or tensor at fault.
  public func sequenceClassifier(
    head: HeadConfiguration, weights: HeadWeights = .kept, dropout: Float? = nil, seed: UInt64 = 42,
    _ engine: Engine
  ) throws -> any SequenceClassifier {
    switch try modelType() {
    case .bert:
      try BertForSequenceClassification(
        folder: self, head: head, weights: weights, dropout: dropout, seed: seed, engine)
    }
  }
}

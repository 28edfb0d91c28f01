import Methods
import Models
import Support

/// The parts of a model, of which some train.
public enum TrainedPart: String, CaseIterable, Codable, Sendable {
  /// The feed-forward blocks.
  case mlp = "MLP"
  /// Word, position and token-type tables.
  case embeddings
  /// The query, key, value and output projections.
  case attention
  /// The normalisations.
  case norms
  /// Pooler and classifier.
  case head

  /// The part that a parameter belongs to, or what is trained beside it (LoRA's factors).
  init(of name: String, in model: any SequenceClassifier) {
    let parameter =
      model.parameters.first { $0.name == name }
      ?? model.linears.first { name.hasPrefix($0.linear.module + ".") }?.linear.weight
    switch parameter?.part {
    case .mlp: self = .mlp
    case .embeddings: self = .embeddings
    case .attention: self = .attention
    case .rest, nil: self = name.contains("LayerNorm") ? .norms : .head
    }
  }
}

/// How many numbers a step changes.
public struct TrainedCounts: Sendable {
  /// Of each part that trains, in the order of the parts.
  public let parts: [(part: TrainedPart, count: Int)]
  /// In all.
  public let total: Int
  /// Of each MLP weight, or of LoRA's factors beside it.
  public let perMLPWeight: Int
  /// How many numbers the model has.
  public let ofModel: Int

  init(_ trainables: [any Trainable], in model: any SequenceClassifier) {
    var counts: [TrainedPart: Int] = [:]
    for trainable in trainables {
      counts[TrainedPart(of: trainable.name, in: model), default: 0] += trainable.trainableCount
    }
    parts = TrainedPart.allCases.compactMap { part in counts[part].map { (part, $0) } }
    total = counts.values.reduce(0, +)
    ofModel = model.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let layer = model.linears.first { $0.role.isMLP }?.linear
    perMLPWeight = trainables.reduce(0) { sum, trainable in
      guard let layer, trainable.name.hasPrefix(layer.module + "."),
        trainable.name != layer.bias.name
      else { return sum }
      return sum + trainable.trainableCount
    }
  }

  /// The counts by the parts' names.
  public var byName: [String: Int] {
    Dictionary(parts.map { ($0.part.rawValue, $0.count) }, uniquingKeysWith: { $1 })
  }
}

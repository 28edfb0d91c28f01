import Layers
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

  /// The part that a parameter of a model belongs to.
  init(of parameter: Parameter) {
    switch parameter.part {
    case .mlp: self = .mlp
    case .embeddings: self = .embeddings
    case .attention: self = .attention
    case .rest: self = parameter.name.lowercased().contains("norm") ? .norms : .head
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

  init(_ trained: TrainedParameters, in model: any TransformerModel) {
    var counts: [TrainedPart: Int] = [:]
    for trainable in trained.all {
      counts[TrainedPart(of: trainable.parameter), default: 0] += trainable.trainableCount
    }
    parts = TrainedPart.allCases.compactMap { part in counts[part].map { (part, $0) } }
    total = counts.values.reduce(0, +)
    ofModel = model.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    // The gate, where there is one, may stay as it is.
    let mlp = model.linears.filter(\.role.isMLP).map(\.linear.weight)
    let weight = mlp.first { weight in trained.all.contains { $0.parameter === weight } }
    perMLPWeight = trained.all.filter { $0.parameter === weight }
      .reduce(0) { $0 + $1.trainableCount }
  }

  /// The counts by the parts' names.
  public var byName: [String: Int] {
    Dictionary(parts.map { ($0.part.rawValue, $0.count) }, uniquingKeysWith: { $1 })
  }
}

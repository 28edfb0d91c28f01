/// The parts of a transformer that the paper's Table 1 tells apart.
public enum ModelPart: String, CaseIterable, Sendable {
  /// Word, position and token-type tables.
  case embeddings
  /// The query, key, value and output projections.
  case attention
  /// The feed-forward blocks: the weights that SparseGrad is about.
  case mlp = "MLP"
  /// Normalisations, pooler and head.
  case rest
}

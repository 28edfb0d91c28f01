/// What a model should answer for one example.
public enum Target: Hashable, Sendable {
  /// The index of a label in the data's `LabelSet`.
  case label(Int)
  /// A number to be predicted.
  case value(Float)
}

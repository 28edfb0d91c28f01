/// What a model should answer for one example.
public enum Target: Hashable, Sendable {
  /// The index of a label in the data's `LabelSet`.
  case label(Int)
  /// A number to be predicted.
  case value(Float)
  /// The indices of all labels that are true, ascending; there may be none.
  case labels([Int])
  /// A label's index for each word of the example or, once it is encoded, for each of its tokens that is read.
  case tags([Int])
}

extension Target {
  /// The labels' indices that are in it.
  package var labelIndices: [Int] {
    switch self {
    case .label(let label): [label]
    case .labels(let labels), .tags(let labels): labels
    case .value: []
    }
  }

  /// The same answer with other indices of labels.
  package func renumbered(_ index: (Int) -> Int) -> Target {
    switch self {
    case .label(let label): .label(index(label))
    case .labels(let labels): .labels(labels.map(index).sorted())
    case .tags(let tags): .tags(tags.map(index))
    case .value: self
    }
  }
}

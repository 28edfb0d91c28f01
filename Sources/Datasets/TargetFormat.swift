/// What is read from the label column.
public enum TargetFormat: Equatable, Sendable {
  /// Nothing: the texts alone, to be predicted. No label column needs to be there.
  case unread
  /// Labels of the given set or, if that is nil, of the set of all values in the column.
  case labels(LabelSet?)
  /// Labels of the given set by their names alone, where `labels` takes indices too.
  case labelNames(LabelSet)
  /// Lists of labels of the given set or, if that is nil, of the set of all that occur; in a column they stand with the
  /// separator between them.
  case labelLists(LabelSet?, separator: Character)
  /// Finite numbers.
  case numbers
  /// Numbers of a range.
  case numbersIn(ClosedRange<Float>)
}

extension TargetFormat {
  /// The set that labels belong to; nil if they are not known or not labels.
  var labelSet: LabelSet? {
    switch self {
    case .labels(let labels), .labelLists(let labels, _): labels
    case .labelNames(let labels): labels
    case .unread, .numbers, .numbersIn: nil
    }
  }
}

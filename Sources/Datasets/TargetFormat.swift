/// What is read from the label column.
public enum TargetFormat: Equatable, Sendable {
  /// Nothing: the texts alone, to be predicted. No label column needs to be there.
  case unread
  /// Labels of the given set or, if that is nil, of the set of all values in the column.
  case labels(LabelSet?)
  /// Finite numbers.
  case numbers
}

extension TargetFormat {
  /// The set that the labels of a file belong to; nil if they are not labels.
  func labelSet(of rows: [TextRow], source: String) throws -> LabelSet? {
    guard case .labels(let known) = self else { return nil }
    return try known ?? LabelSet(sorting: rows.lazy.compactMap(\.answer), source: source)
  }
}

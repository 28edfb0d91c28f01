import Support

/// Examples, of one file mostly; there is always at least one.
public struct Dataset: Equatable, Sendable {
  /// The examples, in the order they were given.
  public var examples: [Example]
  /// What the label indices of the targets mean; nil for numbers and for texts without targets.
  public var labels: LabelSet?
  /// Where they come from (the file's path), for messages.
  public let source: String
  /// The columns that the examples were read from; all nil if they were not.
  public let columns: ColumnNames
  /// Broken rows that were left out, where that was allowed.
  public let skippedRows: Int

  /// The same examples with labels as `model` numbers them, for a model that was trained elsewhere.
  /// - Throws: `InputError` naming the file if the labels do not match (see `LabelSet.map(onto:source:)`).
  public func relabelled(as model: LabelSet) throws -> Dataset {
    guard let labels, labels != model else { return self }
    let map = try labels.map(onto: model, source: source)
    var copy = self
    copy.labels = model
    for place in copy.examples.indices {
      copy.examples[place].target = copy.examples[place].target?.renumbered { map[$0] }
    }
    return copy
  }
}

extension Dataset {
  /// Takes examples that are already in memory.
  /// - Parameters:
  ///   - examples: the examples, in their order.
  ///   - labels: what the indices of label targets mean; nil if there are none.
  ///   - source: what messages call the examples.
  /// - Throws: `InputError` if there are no examples, or one has a label that `labels` does not
  ///   have.
  public init(examples: [Example], labels: LabelSet? = nil, source: String) throws {
    guard !examples.isEmpty else { throw InputError(source, "has no examples") }
    for (place, example) in examples.enumerated() {
      for index in example.target?.labelIndices ?? []
      where !(labels?.names.indices.contains(index) ?? false) {
        throw InputError(
          source, at: "example \(place)",
          "has the label index \(index), of \(labels?.count ?? 0) labels")
      }
    }
    self.init(
      examples: examples, labels: labels, source: source, columns: ColumnNames(), skippedRows: 0)
  }
}

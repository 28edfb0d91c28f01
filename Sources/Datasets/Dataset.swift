/// The examples of one file, in its order; there is always at least one.
public struct Dataset: Equatable, Sendable {
  /// The examples, in the order of the file.
  public var examples: [Example]
  /// What the label indices of the targets mean; nil for numbers and for texts without targets.
  public var labels: LabelSet?
  /// The file, as messages name it.
  public let source: String
  /// The columns that the examples came from.
  public let columns: ColumnNames
  /// Broken rows that were left out, as `BrokenRows.skip` allows.
  public let skippedRows: Int

  /// The same examples with labels as `model` numbers them, for a model that was trained elsewhere.
  /// - Throws: `InputError` naming the file if the labels do not match (see `LabelSet.map(onto:)`).
  public func relabelled(as model: LabelSet) throws -> Dataset {
    guard let labels, labels != model else { return self }
    let map = try labels.map(onto: model, source: source)
    var copy = self
    copy.labels = model
    copy.examples = examples.map { example in
      guard case .label(let index)? = example.target else { return example }
      return Example(text: example.text, pair: example.pair, target: .label(map[index]))
    }
    return copy
  }
}

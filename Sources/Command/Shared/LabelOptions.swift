import ArgumentParser
import Foundation
import SparseGrad

/// Names of the labels, and how they stand in files.
struct LabelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Labels in the order of their ids, separated by commas; one that holds a comma in double quotes. (default: those of the data, sorted, or of the model)",
      valueName: "labels"))
  var labels: CommaSeparated<String>?

  @Option(
    help: ArgumentHelp(
      "What stands between the labels of a cell where a text has several (--task multilabel). (default: a comma)",
      valueName: "character"))
  var labelSeparator: String?

  /// - Throws: `InputError` if they are not all different, or fewer than two.
  func set() throws -> LabelSet? {
    try labels.map { try LabelSet($0.values, source: "--labels") }
  }

  /// - Throws: `InputError` naming the flag that cannot be used with this task.
  func validate(for kind: TaskKind) throws {
    if labels != nil, !kind.hasLabels {
      throw InputError("--labels", "has no meaning for --task \(kind.rawValue)")
    }
    if let labelSeparator {
      guard kind == .multilabel else {
        throw InputError("--label-separator", "has no meaning for --task \(kind.rawValue)")
      }
      guard labelSeparator.count == 1 else {
        throw InputError("--label-separator", "expected one character")
      }
    }
    _ = try set()
  }

  /// Reads a file of a task's data.
  /// - Parameter known: the labels, if they are known already.
  /// - Throws: `InputError` naming the file, and the line, that cannot be used.
  func read(_ file: URL, _ columns: ColumnNames, _ kind: TaskKind, _ known: LabelSet?) throws
    -> Dataset
  {
    switch kind {
    case .classification: try Dataset(contentsOf: file, columns: columns, targets: .labels(known))
    case .regression: try Dataset(contentsOf: file, columns: columns, targets: .numbers)
    case .multilabel:
      try Dataset(
        contentsOf: file, columns: columns,
        targets: .labelLists(known, separator: labelSeparator?.first ?? ","))
    case .tokenClassification: try Dataset(wordsOf: file, columns: columns, tags: known)
    case .text: try Dataset(documentsOf: file, columns: columns)
    case .conversation: try Dataset(conversationsOf: file)
    }
  }
}

/// From which probability on a label is given where a text may have several.
struct ThresholdOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where a text may have several labels: the probability from which on each is given, one number for all or one for each label, 0.5,0.3 for example. (default: 0.5)",
      valueName: "probabilities"))
  var thresholds: CommaSeparated<Double>?

  var values: [Double]? { thresholds?.values }
}

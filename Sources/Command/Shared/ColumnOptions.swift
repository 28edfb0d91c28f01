import ArgumentParser
import Foundation
import SparseGrad

/// Which columns of a file are read.
struct ColumnOptions: ParsableArguments {
  @Option(help: "Column of the text. (default: guessed from the header)")
  var textColumn: String?

  @Option(help: "Column of the second text of a pair. (default: guessed from the header)")
  var pairColumn: String?

  @Option(help: "Column of the label or value. (default: guessed from the header)")
  var labelColumn: String?

  var names: ColumnNames { ColumnNames(text: textColumn, pair: pairColumn, label: labelColumn) }

  /// The columns of a file: those that are named, else those that a model was trained on and the file has.
  /// - Throws: `InputError` when the file cannot be read.
  func names(in file: URL, as trained: ColumnNames) throws -> ColumnNames {
    guard trained != ColumnNames() else { return names }
    let known = try trained.ifPresent(in: file)
    let hasTexts = textColumn != nil || pairColumn != nil
    return ColumnNames(
      text: hasTexts ? textColumn : known.text, pair: hasTexts ? pairColumn : known.pair,
      label: labelColumn ?? known.label)
  }

  /// - Throws: `InputError` when a column is named, which a GLUE task does by itself.
  func checkUnused(by task: GLUETask) throws {
    if names != ColumnNames() {
      throw InputError("--task", "\(task.rawValue) has its own columns, expected none to be named")
    }
  }
}

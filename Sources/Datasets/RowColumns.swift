import Support

/// What happens to a text that is empty.
enum EmptyTexts {
  /// It is a missing value.
  case refuse
  /// It stays: the official files of GLUE have some.
  case keep
}

/// Where in a row the texts and the answer are, and what counts as missing there.
struct RowColumns {
  let source: String
  private let names: [String]
  private let text, pair, label, id: Int?
  private let emptyTexts: EmptyTexts
  private let labels: LabelSet?

  /// - Parameters:
  ///   - columns: columns that are there.
  ///   - id: a column that names each row, if one does.
  init(
    _ columns: ColumnNames, id: String? = nil, in names: [String], _ targets: TargetFormat,
    _ emptyTexts: EmptyTexts, source: String
  ) {
    self.source = source
    self.names = names
    let place = { (name: String?) in name.flatMap(names.firstIndex) }
    (text, pair, label) = (place(columns.text), place(columns.pair), place(columns.label))
    self.id = place(id)
    self.emptyTexts = emptyTexts
    labels = targets.labelSet
  }

  /// The fields that make an example.
  /// - Throws: `InputError` naming line and column of a value that is missing or cannot be used.
  func row(_ record: Record) throws -> TextRow {
    TextRow(
      line: record.line, text: try field(text, of: record, isMissing: isMissingText) ?? "",
      pair: try field(pair, of: record, isMissing: isMissingText),
      answer: try field(label, of: record, isMissing: isMissingAnswer),
      id: id.flatMap { record.fields[$0].text })
  }

  private func field(
    _ place: Int?, of record: Record, isMissing: (String) -> Bool
  ) throws -> String? {
    guard let place else { return nil }
    switch record.fields[place] {
    case .text(let text) where !isMissing(text): return text
    case .text, .missing:
      throw error(record, place, "is missing: an empty cell, null and NaN are no values")
    case .nested: throw error(record, place, "is a list or an object, expected a text or a number")
    }
  }

  private func error(_ record: Record, _ place: Int, _ problem: String) -> InputError {
    InputError(source, at: "line \(record.line)", "\"\(names[place])\" \(problem)")
  }

  private func isMissingText(_ text: String) -> Bool {
    emptyTexts == .refuse && LabelIdentity.trimmed(text).isEmpty
  }

  /// What programs write for a value that they do not have is one only where somebody says that it is a label.
  private func isMissingAnswer(_ answer: String) -> Bool {
    let answer = LabelIdentity.trimmed(answer)
    if answer.isEmpty { return true }
    return ["nan", "null"].contains(answer.lowercased()) && labels?.index(named: answer) == nil
  }
}

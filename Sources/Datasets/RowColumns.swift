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
  /// What stands between the labels of a cell, where there may be several.
  private let separator: Character?

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
    if case .labelLists(_, let between) = targets { separator = between } else { separator = nil }
  }

  /// The fields that make an example.
  /// - Throws: `InputError` naming line and column of a value that is missing or cannot be used.
  func row(_ record: Record) throws -> TextRow {
    TextRow(
      line: record.line, text: try field(text, of: record, isMissing: isMissingText) ?? "",
      pair: try field(pair, of: record, isMissing: isMissingText),
      answer: try separator == nil ? field(label, of: record, isMissing: isMissingAnswer) : nil,
      answers: try separator.flatMap { try list(label, of: record, separator: $0) },
      id: id.flatMap { record.fields[$0].text })
  }

  private func field(
    _ place: Int?, of record: Record, isMissing: (String) -> Bool
  ) throws -> String? {
    guard let place else { return nil }
    switch record.fields[place] {
    case .text(let text) where !isMissing(text): return text
    case .text(let text) where Self.wordsForMissing.contains(LabelIdentity.trimmed(text)):
      throw error(
        record, place, "is missing: \"\(text)\" is no value, unless --labels names it")
    case .text, .missing:
      throw error(record, place, "is missing: an empty cell, null and NaN are no values")
    case .list, .nested:
      throw error(record, place, "is a list or an object, expected a text or a number")
    }
  }

  /// The labels of a row; there may be none.
  private func list(_ place: Int?, of record: Record, separator: Character) throws -> [String]? {
    guard let place else { return nil }
    let labels: [String]
    switch record.fields[place] {
    case .list(let texts): labels = texts
    case .text(let text):
      labels =
        LabelIdentity.trimmed(text).isEmpty
        ? []
        : text.split(
          separator: separator, omittingEmptySubsequences: false
        ).map(String.init)
    case .missing:
      throw error(record, place, "is missing: expected a list of labels, which may be empty")
    case .nested: throw error(record, place, "is no list of labels")
    }
    guard labels.allSatisfy({ !LabelIdentity.trimmed($0).isEmpty }) else {
      throw error(record, place, "has an empty label in its list")
    }
    return labels
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
    return (["nan", "null"].contains(answer.lowercased()) || Self.wordsForMissing.contains(answer))
      && labels?.index(named: answer) == nil
  }

  /// As pandas reads them.
  private static let wordsForMissing: Set<String> = [
    "None", "NA", "N/A", "n/a", "<NA>", "#NA", "#N/A",
  ]
}

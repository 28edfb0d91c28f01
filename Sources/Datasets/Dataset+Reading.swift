import Foundation
import Support

/// What happens to a row that has more or fewer fields than there are columns.
public enum BrokenRows: Sendable {
  /// Reading stops with an error that names the line.
  case refuse
  /// The row is left out and counted in `Dataset.skippedRows`.
  case skip
}

extension Dataset {
  /// Reads a file whose extension tells its format.
  ///
  /// - `.tsv`: a header line, then rows; fields end at tabs and `"` is an ordinary character.
  /// - `.csv`: a header line, then rows, quoted as RFC 4180 has it.
  /// - `.jsonl`, `.json`: one object a line; strings, numbers and truth values can be labels.
  ///
  /// All are UTF-8, with LF or CRLF; a byte order mark and blank lines at the end are passed over. A missing value is
  /// an error in every format: an empty cell, `null`, NaN, a key that is not there.
  /// - Throws: `InputError` naming the file, and the line or column, if it cannot be read in full
  ///   or holds no row.
  public init(
    contentsOf url: URL, columns: ColumnNames = ColumnNames(), targets: TargetFormat,
    brokenRows: BrokenRows = .refuse
  ) throws {
    let format = try FileFormat(url)
    let file = try TextFile(url)
    try self.init(
      format.records(of: file), of: file.name, columns: columns, targets: targets,
      brokenRows: brokenRows)
  }

  /// Turns rows with named columns into examples.
  init(
    _ records: any RecordReader, of source: String, columns: ColumnNames, targets: TargetFormat,
    brokenRows: BrokenRows, emptyTexts: EmptyTexts = .refuse
  ) throws {
    let columns = try columns.resolved(
      in: records.columns, readsLabel: targets != .unread, source: source)
    let (rows, skipped) = try TextRow.rows(
      RowColumns(columns, in: records.columns, targets, emptyTexts, source: source), records,
      brokenRows)
    let format = try targets.resolved(by: rows, source: source)
    self.init(
      examples: try rows.map { row in
        Example(
          text: row.text, pair: row.pair, target: try row.target(as: format, source: source))
      },
      labels: format.labelSet, source: source, columns: columns, skippedRows: skipped)
  }
}

extension TextRow {
  /// The rows of a file, and how many were skipped.
  /// - Throws: `InputError` naming the line of a row that cannot be used, or saying that there is none.
  static func rows(
    _ columns: RowColumns, _ records: any RecordReader, _ brokenRows: BrokenRows
  ) throws -> (rows: [TextRow], skipped: Int) {
    var records = records
    let width = records.columns.count
    var rows: [TextRow] = []
    var skipped = 0
    while let record = try records.next() {
      guard record.fields.count == width else {
        guard brokenRows == .skip else {
          throw InputError(
            columns.source, at: "line \(record.line)",
            "expected \(width) fields as there are columns, found \(record.fields.count)"
              + (records.hint(about: record).map { "; \($0)" } ?? ""))
        }
        skipped += 1
        continue
      }
      rows.append(try columns.row(record))
    }
    guard !rows.isEmpty else {
      let torn = skipped > 0 ? " of as many fields as there are columns" : ""
      throw InputError(columns.source, "has no rows\(torn)")
    }
    return (rows, skipped)
  }
}

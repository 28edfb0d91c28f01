import Foundation
import Support

/// The texts of a file with columns, each with where it stands: what is to be predicted.
public struct TextTable: Sendable {
  /// A text or a pair of texts.
  public struct Row: Sendable {
    /// The line on which it begins.
    public let line: Int
    /// What the file calls it, if it has a column for that.
    public let id: String?
    /// The texts.
    public let example: Example
  }

  /// The texts, in the order of the file.
  public let rows: [Row]
  /// The columns that they were read from.
  public let columns: ColumnNames

  /// Reads a `.tsv`, `.csv` or `.jsonl` file (see `Dataset.init(contentsOf:columns:targets:brokenRows:)`).
  /// - Parameters:
  ///   - url: the file.
  ///   - columns: the columns that hold the texts; those that are nil are guessed.
  ///   - id: the column that names the rows; nil takes `id`, `idx`, `index` or `guid`, if there is one.
  /// - Throws: `InputError` naming the file, and the line or column, if it cannot be read in full or holds no row.
  public init(
    contentsOf url: URL, columns: ColumnNames = ColumnNames(), id: String? = nil
  ) throws {
    let file = try TextFile(url)
    let records = try FileFormat(url).records(of: file)
    self.columns = try columns.resolved(in: records.columns, readsLabel: false, source: file.name)
    let id = try self.columns.rowName(id, in: records.columns, source: file.name)
    let places = RowColumns(
      self.columns, id: id, in: records.columns, .unread, .refuse, source: file.name)
    rows = try TextRow.rows(places, records, .refuse).rows.map {
      Row(line: $0.line, id: $0.id, example: Example(text: $0.text, pair: $0.pair))
    }
  }
}

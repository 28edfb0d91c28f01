/// One row of a file: a field for each column, nil where a JSON object has none.
struct Record {
  /// The line where it begins, from 1.
  let line: Int
  let fields: [String?]
}

/// A file of rows with named columns, whatever its format.
protocol RecordReader {
  var columns: [String] { get }
  /// The next row, or nil at the end of the file.
  /// - Throws: `InputError` naming the file and the line.
  mutating func next() throws -> Record?
  /// What may be behind a row that has too many or too few fields.
  func hint(about record: Record) -> String?
}

extension RecordReader {
  func hint(about record: Record) -> String? { nil }
}

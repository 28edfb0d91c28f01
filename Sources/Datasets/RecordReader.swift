/// One row of a file: a field for each column.
struct Record {
  enum Field: Equatable {
    case text(String)
    /// A JSON object has no such key, or null.
    case missing
    /// A list of texts, numbers or truth values of JSON.
    case list([String])
    /// Another list, or an object, of JSON.
    case nested

    var text: String? {
      if case .text(let text) = self { text } else { nil }
    }
  }

  /// The line where it begins, from 1.
  let line: Int
  let fields: [Field]
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

import Support

/// Tab-separated values as GLUE has them: no quoting, so `"` is an ordinary character.
struct TSVReader: RecordReader, IteratorProtocol {
  let columns: [String]
  private var lines: TextFile.Lines

  /// - Parameter columns: the names for a file without a header line; nil if its first line is one.
  init(_ file: TextFile, columns: [String]? = nil) throws {
    lines = file.lines
    if let columns {
      self.columns = columns
    } else if let header = lines.next() {
      self.columns = Self.texts(header.bytes)
    } else {
      throw InputError(file.name, "is empty; expected a header line")
    }
  }

  mutating func next() -> Record? {
    lines.next().map { Record(line: $0.number, fields: Self.texts($0.bytes).map { .text($0) }) }
  }

  func hint(about record: Record) -> String? {
    guard record.fields.contains(where: { $0.text?.contains("\"") ?? false }) else { return nil }
    return "quotes do not hold tabs or line breaks together in a .tsv file"
  }

  private static func texts(_ line: ArraySlice<UInt8>) -> [String] {
    line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

import Support

/// One JSON object a line. The keys of the first object are the columns; further keys are ignored.
struct JSONLinesReader: RecordReader {
  private(set) var columns: [String] = []
  private let name: String
  private var lines: TextFile.Lines

  init(_ file: TextFile) throws {
    name = file.name
    lines = file.lines
    var ahead = file.lines
    guard let first = ahead.next() else {
      throw InputError(file.name, "is empty; expected one JSON object a line")
    }
    columns = try object(first).keys.sorted()
  }

  mutating func next() throws -> Record? {
    try lines.next().map { line in
      let object = try object(line)
      return Record(line: line.number, fields: columns.map { object[$0]?.field ?? .missing })
    }
  }

  private func object(_ line: (number: Int, bytes: ArraySlice<UInt8>)) throws -> JSONObject {
    let expected = "expected one JSON object a line"
    do {
      guard case .object(let object) = try JSONParser.parse(Array(line.bytes)) else {
        throw InputError(name, at: "line \(line.number)", expected)
      }
      return object
    } catch let error as JSONSyntaxError {
      throw InputError(name, at: "line \(line.number)", "\(expected): \(error.problem)")
    }
  }
}

extension JSONValue {
  /// A text, number or truth value as a field of a row. A whole number is written without fraction, so that `2.0` names
  /// the label `2`. Python writes a number that is missing as NaN.
  fileprivate var field: Record.Field {
    switch self {
    case .string(let text): .text(text)
    case .number(let number) where number.double.isNaN: .missing
    case .number(let number):
      .text(
        (number.integer ?? Int(exactly: number.double)).map { String($0) } ?? String(number.double))
    case .bool(let truth): .text(String(truth))
    case .null: .missing
    case .array(let values):
      {
        let texts = values.compactMap(\.field.text)
        return texts.count == values.count ? .list(texts) : .nested
      }()
    case .object: .nested
    }
  }
}

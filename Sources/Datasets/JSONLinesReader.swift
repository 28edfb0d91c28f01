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
      guard case .object(let object) = try parsed(line.bytes) else {
        throw InputError(name, at: "line \(line.number)", expected)
      }
      return object
    } catch let error as JSONSyntaxError {
      throw InputError(name, at: "line \(line.number)", "\(expected): \(error.problem)")
    }
  }

  /// Python writes a missing number as NaN, which is not JSON; it is read as null.
  private func parsed(_ line: ArraySlice<UInt8>) throws(JSONSyntaxError) -> JSONValue {
    do {
      return try JSONParser.parse(Array(line))
    } catch {
      let nan = Array("NaN".utf8)
      guard line.dropFirst(error.offset).starts(with: nan) else { throw error }
      return try JSONParser.parse(Self.replacing(nan, with: Array("null".utf8), in: line))
    }
  }

  /// The line with a word outside of its texts replaced.
  private static func replacing(
    _ word: [UInt8], with other: [UInt8], in line: ArraySlice<UInt8>
  ) -> [UInt8] {
    var (result, rest, isInText) = ([UInt8](), line, false)
    while let byte = rest.first {
      if !isInText, rest.starts(with: word) {
        result += other
        rest = rest.dropFirst(word.count)
        continue
      }
      if byte == UInt8(ascii: "\"") { isInText.toggle() }
      // What follows a backslash ends no text.
      let length = isInText && byte == UInt8(ascii: "\\") ? 2 : 1
      result += rest.prefix(length)
      rest = rest.dropFirst(length)
    }
    return result
  }
}

extension JSONValue {
  /// A text, number or truth value as a field of a row. A whole number is written without fraction, so that `2.0` names
  /// the label `2`.
  fileprivate var field: Record.Field {
    switch self {
    case .string(let text): .text(text)
    case .number(let number):
      .text(
        (number.integer ?? Int(exactly: number.double)).map { String($0) } ?? String(number.double))
    case .bool(let truth): .text(String(truth))
    case .null: .missing
    case .array, .object: .nested
    }
  }
}

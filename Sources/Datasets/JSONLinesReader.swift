import Foundation
import Support

/// One JSON object a line. The keys of the first object are the columns; further keys are ignored.
struct JSONLinesReader: RecordReader {
  private(set) var columns: [String] = []
  private let name: String
  private var lines: TextFile.Lines
  private let decoder = JSONDecoder()

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
      return Record(line: line.number, fields: columns.map { object[$0]?.text })
    }
  }

  private func object(_ line: (number: Int, bytes: ArraySlice<UInt8>)) throws -> [String: Scalar] {
    do {
      return try decoder.decode([String: Scalar].self, from: Data(line.bytes))
    } catch {
      throw InputError(name, at: "line \(line.number)", "expected one JSON object a line")
    }
  }

  /// A string, number or truth value as text; nil for null, a list or an object.
  private struct Scalar: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let string = try? container.decode(String.self) {
        text = string
      } else if let integer = try? container.decode(Int.self) {
        text = String(integer)
      } else if let number = try? container.decode(Double.self) {
        text = String(number)
      } else if let truth = try? container.decode(Bool.self) {
        text = String(truth)
      } else {
        text = nil
      }
    }
  }
}

import Foundation

/// Files with a JSON document on every line, which this project has written.
package enum JSONLines {
  /// A line for each value.
  package static func encoded(_ values: [some Encodable]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try values.reduce(into: Data()) { data, value in
      data += try encoder.encode(value) + [UInt8(ascii: "\n")]
    }
  }

  /// Decodes every line of a file.
  /// - Parameter purpose: what a line should be, for the error: "a line of a run's log".
  /// - Throws: `InputError` naming the file and the line.
  package static func read<Value: Decodable>(_ url: URL, as purpose: String) throws -> [Value] {
    let decoder = JSONDecoder()
    let lines = try InputFile.textBytes(of: url).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return try lines.enumerated().compactMap { number, line in
      guard !line.isEmpty else { return nil }
      do {
        return try decoder.decode(Value.self, from: Data(line))
      } catch is DecodingError {
        throw InputError(url.path, at: "line \(number + 1)", "is not \(purpose)")
      }
    }
  }
}

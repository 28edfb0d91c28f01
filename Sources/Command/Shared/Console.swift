import Foundation
import SparseGrad

/// Standard output and standard error.
enum Console {
  /// The words with which this process was started, by the command's usual name.
  static var command: [String] { ["sparsegrad"] + CommandLine.arguments.dropFirst() }

  /// Writes a line of results to standard output.
  /// - Throws: `InputError` when it cannot be written (a full disk, a closed output).
  static func print(_ line: String) throws { try write(Data((line + "\n").utf8)) }

  /// Writes an object of JSON as a line of results.
  /// - Throws: as `print(_:)`.
  static func printJSON(_ value: some Encodable) throws { try write(jsonLine(value)) }

  /// An object of JSON as a line.
  static func jsonLine(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(value) + [UInt8(ascii: "\n")]
  }

  /// Writes to standard error; that nobody may read it is no reason to stop.
  static func note(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Writes to standard output.
  /// - Throws: as `print(_:)`.
  static func write(_ data: Data) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: data)
    } catch {
      throw InputError(
        "standard output", "cannot be written: \(AtomicOutput.reason(error) ?? "\(error)")")
    }
  }
}

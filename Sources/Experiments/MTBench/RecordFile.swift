import Foundation
import Support

/// A file of JSON lines to which records are added one by one: what is there stays, and a run that was interrupted goes on
/// behind it. A last line that was not written whole is dropped.
final class RecordFile {
  private let url: URL
  private let handle: FileHandle
  /// What was there.
  let records: [JSONField]

  /// - Throws: `InputError` when the file cannot be read or written, or holds something else.
  init(_ url: URL) throws {
    self.url = url
    var whole = Data()
    if FileManager.default.fileExists(atPath: url.path) {
      let bytes = Data(try InputFile.bytes(of: url))
      whole = bytes.prefix(through: bytes.lastIndex(of: UInt8(ascii: "\n")) ?? bytes.startIndex)
      if bytes.lastIndex(of: UInt8(ascii: "\n")) == nil { whole = Data() }
    }
    records = try Self.fields(Array(whole), url.path)
    do {
      if !FileManager.default.fileExists(atPath: url.path) {
        try Data().write(to: url, options: .withoutOverwriting)
      }
      handle = try FileHandle(forWritingTo: url)
      try handle.truncate(atOffset: UInt64(whole.count))
      try handle.seekToEnd()
    } catch {
      throw InputError(url.path, "cannot be written: \(AtomicOutput.reason(error) ?? "\(error)")")
    }
  }

  deinit { try? handle.close() }

  /// The records of a file that is only read.
  static func read(_ url: URL) throws -> [JSONField] {
    try fields(InputFile.textBytes(of: url), url.path)
  }

  private static func fields(_ bytes: [UInt8], _ source: String) throws -> [JSONField] {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return try lines.enumerated().compactMap { index, line in
      let isBlank = !line.contains { $0 > 0x20 }
      return isBlank ? nil : try field(Array(line), source, index + 1)
    }
  }

  private static func field(_ bytes: [UInt8], _ source: String, _ line: Int) throws -> JSONField {
    do {
      return JSONField(file: source, value: try JSONParser.parse(bytes), line: line)
    } catch {
      throw InputError(
        source, at: "line \(line)", "expected one JSON object a line: \(error.problem)")
    }
  }

  /// Adds a record; it is on the disk when this returns.
  func append(_ record: JSONObject) throws {
    do {
      try handle.write(contentsOf: Data((JSONValue.object(record).text(.compact) + "\n").utf8))
      try handle.synchronize()
    } catch {
      throw InputError(url.path, "cannot be written: \(AtomicOutput.reason(error) ?? "\(error)")")
    }
  }
}

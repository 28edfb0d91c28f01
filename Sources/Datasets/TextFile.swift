import Foundation
import Support

/// The bytes of a UTF-8 text file, without byte order mark and without blank lines at the end.
struct TextFile {
  let name: String
  let bytes: ArraySlice<UInt8>

  /// - Throws: `InputError` if the file cannot be read, or is not UTF-8 (naming the first such line).
  init(_ url: URL) throws {
    let url = Self.place(of: url)
    name = url.path
    var text = try InputFile.unpackedTextBytes(of: url)[...]
    while text.last == UInt8(ascii: "\n") || text.last == UInt8(ascii: "\r") { text.removeLast() }
    bytes = text
    // A newline byte is never part of a longer character, so lines can be judged alone.
    guard String(validating: bytes, as: UTF8.self) == nil else { return }
    var lines = self.lines
    while let line = lines.next() {
      guard String(validating: line.bytes, as: UTF8.self) != nil else {
        throw InputError(name, at: "line \(line.number)", "is not UTF-8")
      }
    }
  }

  /// GLUE is often kept packed: where a file is missing, the one beside it that ends in `.gz` is read.
  private static func place(of url: URL) -> URL {
    let packed = url.appendingPathExtension("gz")
    func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
    return !exists(url) && exists(packed) ? packed : url
  }

  /// The lines, split at LF or CRLF.
  var lines: Lines { Lines(rest: bytes) }

  struct Lines: IteratorProtocol {
    fileprivate var rest: ArraySlice<UInt8>
    private var number = 0
    private var isAtEnd = false

    fileprivate init(rest: ArraySlice<UInt8>) {
      self.rest = rest
      isAtEnd = rest.isEmpty
    }

    mutating func next() -> (number: Int, bytes: ArraySlice<UInt8>)? {
      guard !isAtEnd else { return nil }
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      var line = rest[..<(end ?? rest.endIndex)]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      rest = end.map { rest[($0 + 1)...] } ?? []
      isAtEnd = end == nil
      number += 1
      return (number, line)
    }
  }
}

import Foundation
import SparseGrad

/// The lines of a file, or of standard input, as they come: who writes them need not have ended.
final class LineReader {
  /// What messages call it.
  let name: String
  private let handle: FileHandle
  private var rest: [UInt8] = []
  private var count = 0
  private var isAtEnd = false

  /// A line that does not end should not take all memory.
  private static let longestLine = 1 << 26

  private init(_ handle: FileHandle, name: String) {
    self.handle = handle
    self.name = name
  }

  static var standardInput: LineReader { LineReader(.standardInput, name: "standard input") }

  /// - Parameter path: of a file; `-` is standard input.
  /// - Throws: `InputError` when it cannot be opened.
  convenience init(file path: String) throws {
    guard path != "-" else {
      self.init(.standardInput, name: "standard input")
      return
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw InputError(path, "cannot be read: \(String(cString: strerror(errno)))")
    }
    self.init(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true), name: path)
  }

  /// The lines that have arrived since the last call, at least one; nil after the last. A line may end in CRLF, and the
  /// last one need not end.
  /// - Throws: `InputError` naming the line that is not UTF-8 or has no end, or when nothing can be read.
  func next() throws -> [(number: Int, text: String)]? {
    while !isAtEnd {
      let piece = try read()
      let end = piece.lastIndex(of: UInt8(ascii: "\n"))
      if piece.isEmpty {
        isAtEnd = true
        guard !rest.isEmpty else { return nil }
        return try lines(of: rest[...])
      }
      guard let end else {
        rest += piece
        guard rest.count <= Self.longestLine else {
          throw InputError(
            name, at: "line \(count + 1)", "is longer than \(Self.longestLine) bytes")
        }
        continue
      }
      let whole = rest + piece[..<end]
      rest = Array(piece[(end + 1)...])
      return try lines(of: whole[...])
    }
    return nil
  }

  private func read() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let length = Foundation.read(handle.fileDescriptor, &bytes, bytes.count)
      if length >= 0 { return Array(bytes[..<length]) }
      guard errno == EINTR else {
        throw InputError(name, "cannot be read: \(String(cString: strerror(errno)))")
      }
    }
  }

  private func lines(of bytes: ArraySlice<UInt8>) throws -> [(number: Int, text: String)] {
    // What Windows writes: a byte order mark before the text, a carriage return at the end of each line.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = count == 0 && bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes
    return try bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      count += 1
      let line = $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0
      guard let text = String(validating: line, as: UTF8.self) else {
        throw InputError(name, at: "line \(count)", "is not UTF-8")
      }
      return (count, text)
    }
  }
}

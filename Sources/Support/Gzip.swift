import CZlib
import Foundation

/// Files packed by gzip (RFC 1952).
enum Gzip {
  /// What is unpacked of a file at most: a small file can claim to be any size.
  static let most = 2 << 30

  /// Whether bytes are those of a packed file.
  static func isPacked(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

  /// The content of a packed file, of one member or several.
  /// - Parameters:
  ///   - packed: the bytes of the file.
  ///   - source: what messages call it.
  /// - Throws: `InputError` when zlib is missing, the file is damaged or cut off, or its content is too large.
  static func unpacked(_ packed: [UInt8], _ source: String) throws -> [UInt8] {
    if let problem = gzip_open() { throw InputError(source, String(cString: problem)) }
    var result: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    var place = 0
    repeat {
      guard let reader = gzip_begin() else { throw InputError(source, "no memory to unpack it") }
      defer { gzip_free(reader) }
      var state = GZIP_MORE
      while state == GZIP_MORE {
        var (read, written) = (packed.count - place, piece.count)
        state = packed.withUnsafeBytes { bytes in
          let rest = UnsafeRawBufferPointer(rebasing: bytes[place...])
          guard let start = rest.baseAddress else {
            (read, written) = (0, 0)
            return GZIP_MORE
          }
          return gzip_read(reader, start, &read, &piece, &written)
        }
        place += read
        result += piece[..<written]
        guard result.count <= most else {
          throw InputError(source, "holds more than \(most >> 30) GiB, unpack it first")
        }
        guard state != GZIP_BROKEN else {
          throw InputError(source, "is damaged: gzip cannot unpack it")
        }
        guard state == GZIP_END || read > 0 || written > 0 else {
          throw InputError(source, "is cut off: its end is missing")
        }
      }
    } while place < packed.count
    return result
  }
}

import Foundation

/// A picture of at most 256 colours as a PNG file (ISO/IEC 15948). Its data are not compressed: such pictures are small, and no
/// library is needed.
struct PNG {
  /// In pixels.
  let width: Int, height: Int
  /// Red, green and blue of each colour.
  let palette: [[UInt8]]
  /// Row-major, a number of a colour for each pixel.
  let pixels: [UInt8]

  /// The file.
  var data: Data {
    var file = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    // Eight bits a pixel, by palette; the only methods of compression and filtering; not interlaced.
    append("IHDR", bigEndian(width) + bigEndian(height) + [8, 3, 0, 0, 0], to: &file)
    append("PLTE", palette.flatMap { $0 }, to: &file)
    let lines = (0..<height).flatMap { [0] + pixels[$0 * width..<($0 + 1) * width] }
    append("IDAT", Self.stored(lines), to: &file)
    append("IEND", [], to: &file)
    return file
  }

  /// A zlib stream (RFC 1950) of blocks that are stored as they are.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    let most = 65_535
    for start in stride(from: 0, to: bytes.count, by: most) {
      let end = min(start + most, bytes.count)
      let count = UInt16(end - start)
      stream.append(end == bytes.count ? 1 : 0)
      for number in [count, ~count] { stream += [UInt8(number & 0xff), UInt8(number >> 8)] }
      stream += bytes[start..<end]
    }
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return stream + bigEndian(Int(b << 16 | a))
  }

  private func append(_ kind: String, _ content: [UInt8], to file: inout Data) {
    let named = Array(kind.utf8) + content
    file += Self.bigEndian(content.count) + named + Self.bigEndian(Int(Self.checksum(named)))
  }

  private func bigEndian(_ number: Int) -> [UInt8] { Self.bigEndian(number) }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// CRC-32 as in the specification's annex.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crc, byte in
      table[Int((crc ^ UInt32(byte)) & 0xff)] ^ (crc >> 8)
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xedb8_8320 ^ (crc >> 1) : crc >> 1 }
  }
}

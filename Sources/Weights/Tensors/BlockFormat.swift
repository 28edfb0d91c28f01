/// How the elements of a quantised block of GGUF follow from its bytes.
///
/// Every element is computed by the operations, and in the order, of the reference implementation
/// in float32, so results are equal bit for bit.
/// Format: <https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h>
struct BlockFormat {
  private typealias Bytes = UnsafeRawBufferPointer
  private typealias Floats = UnsafeMutableBufferPointer<Float>

  /// The number of bytes, and of elements, of a block.
  let byteCount: Int
  let elementCount: Int
  private let decodeBlock: (Bytes, Floats) -> Void

  /// Nil for a type that has no blocks.
  init?(_ type: TensorType) {
    switch type {
    case .q4_0: decodeBlock = { Self.scaled($0, fifthBits: nil, from: 2, minus: 8, into: $1) }
    case .q4_1: decodeBlock = { Self.shifted($0, fifthBits: nil, from: 4, into: $1) }
    case .q5_0: decodeBlock = { Self.scaled($0, fifthBits: 2, from: 6, minus: 16, into: $1) }
    case .q5_1: decodeBlock = { Self.shifted($0, fifthBits: 4, from: 8, into: $1) }
    case .q8_0: decodeBlock = Self.eightBits
    case .q4K: decodeBlock = { Self.grouped($0, fifthBits: nil, from: 16, into: $1) }
    case .q5K: decodeBlock = { Self.grouped($0, fifthBits: 16, from: 48, into: $1) }
    case .q6K: decodeBlock = Self.sixBits
    default: return nil
    }
    byteCount = type.bitsOfBlock / 8
    elementCount = type.elementsOfBlock
  }

  /// Decodes whole blocks.
  func decode(_ bytes: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>) {
    let count = min(bytes.count / byteCount, floats.count / elementCount)
    for block in 0..<count {
      decodeBlock(
        Bytes(rebasing: bytes[block * byteCount..<(block + 1) * byteCount]),
        Floats(rebasing: floats[block * elementCount..<(block + 1) * elementCount]))
    }
  }

  private static func half(_ block: Bytes, at offset: Int) -> Float {
    float(halfBits: UInt16(block[offset]) | UInt16(block[offset + 1]) << 8)
  }

  /// Element i of a block of 32: the lower four bits stand in byte i % 16, those of the first half
  /// in its lower bits; a fifth bit is bit i of a word.
  private static func quant(_ block: Bytes, _ i: Int, fifthBits: Int?, from: Int) -> Int {
    let byte = Int(block[from + i % 16])
    let lower = i < 16 ? byte & 15 : byte >> 4
    guard let fifthBits else { return lower }
    return lower | (Int(block[fifthBits + i / 8]) >> (i % 8) & 1) << 4
  }

  private static func scaled(
    _ block: Bytes, fifthBits: Int?, from: Int, minus: Int, into floats: Floats
  ) {
    let scale = half(block, at: 0)
    for i in 0..<32 {
      floats[i] = scale * Float(quant(block, i, fifthBits: fifthBits, from: from) - minus)
    }
  }

  private static func shifted(_ block: Bytes, fifthBits: Int?, from: Int, into floats: Floats) {
    let (scale, minimum) = (half(block, at: 0), half(block, at: 2))
    for i in 0..<32 {
      floats[i] = scale * Float(quant(block, i, fifthBits: fifthBits, from: from)) + minimum
    }
  }

  private static func eightBits(_ block: Bytes, into floats: Floats) {
    let scale = half(block, at: 0)
    for i in 0..<32 { floats[i] = Float(Int8(bitPattern: block[2 + i])) * scale }
  }

  /// Q4_K and Q5_K: scales and minima of eight groups of 32 in twelve bytes from byte 4 on.
  private static func grouped(_ block: Bytes, fifthBits: Int?, from: Int, into floats: Floats) {
    let (scale, minimum) = (half(block, at: 0), half(block, at: 2))
    for group in 0..<8 {
      let (s, m) = sixBitPair(block, group)
      let (groupScale, groupMinimum) = (scale * Float(s), minimum * Float(m))
      for i in 0..<32 {
        let byte = Int(block[from + group / 2 * 32 + i])
        var quant = group % 2 == 0 ? byte & 15 : byte >> 4
        if let fifthBits { quant |= (Int(block[fifthBits + i]) >> group & 1) << 4 }
        floats[32 * group + i] = groupScale * Float(quant) - groupMinimum
      }
    }
  }

  /// Scale and minimum of a group: the first four have six bits of a byte each, of the others the
  /// lower four bits share bytes, and the upper two fill those of the first four.
  private static func sixBitPair(_ block: Bytes, _ group: Int) -> (scale: Int, minimum: Int) {
    func byte(_ i: Int) -> Int { Int(block[4 + i]) }
    guard group >= 4 else { return (byte(group) & 63, byte(group + 4) & 63) }
    return (
      byte(group + 4) & 15 | (byte(group - 4) >> 6) << 4,
      byte(group + 4) >> 4 | (byte(group) >> 6) << 4
    )
  }

  /// Q6_K: 128 bytes of lower halves, 64 of upper pairs of bits, 16 scales, and the scale of all.
  private static func sixBits(_ block: Bytes, into floats: Floats) {
    let scale = half(block, at: 208)
    for i in 0..<256 {
      let (part, rest) = (i / 128, i % 128)
      let lower = Int(block[64 * part + rest % 64]) >> (rest / 64 * 4) & 15
      let upper = Int(block[128 + 32 * part + rest % 32]) >> (rest / 32 * 2) & 3
      let groupScale = scale * Float(Int8(bitPattern: block[192 + i / 16]))
      floats[i] = groupScale * Float((lower | upper << 4) - 32)
    }
  }
}

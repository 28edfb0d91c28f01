extension TensorType {
  /// The types that numbers can be stored as.
  public static let encodable: [TensorType] = [.float32, .float16, .bfloat16, .q8_0]

  /// Stores finite numbers as one of `encodable`, each as the nearest one that the type has.
  /// - Parameters:
  ///   - values: whole blocks of the type.
  ///   - bytes: memory of the size that they take.
  /// - Returns: false when a number is not finite, or too large for the type.
  func encode(_ values: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer)
    -> Bool
  {
    switch self {
    case .float32:
      bytes.copyMemory(from: UnsafeRawBufferPointer(values))
      return true
    case .float16: return store(values, as: bytes, infinity: 0x7c00, halfBits)
    case .bfloat16: return store(values, as: bytes, infinity: 0x7f80, bfloat16Bits)
    case .q8_0: return Self.quantise(values, into: bytes)
    default: preconditionFailure("\(rawValue) is not written")
    }
  }

  /// Blocks of 32: a half as scale, and each number as a multiple of it, rounded to the nearest integer and half-way
  /// ones away from zero, by the operations of the reference implementation in float32.
  private static func quantise(
    _ values: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer
  ) -> Bool {
    let (elements, size) = (q8_0.elementsOfBlock, q8_0.bitsOfBlock / 8)
    for block in 0..<values.count / elements {
      let numbers = UnsafeBufferPointer(
        rebasing: values[block * elements..<(block + 1) * elements])
      guard numbers.allSatisfy(\.isFinite) else { return false }
      let scale = numbers.reduce(Float(0)) { max($0, abs($1)) } / 127
      let bits = halfBits(scale)
      guard bits < 0x7c00 else { return false }
      bytes.storeBytes(of: bits.littleEndian, toByteOffset: block * size, as: UInt16.self)
      // The smallest scales have no inverse, and are zero as halves.
      let inverse = scale == 0 || (1 / scale).isInfinite ? 0 : 1 / scale
      for (i, number) in numbers.enumerated() {
        let quant = (number * inverse).rounded(.toNearestOrAwayFromZero)
        bytes[block * size + 2 + i] = UInt8(bitPattern: Int8(quant))
      }
    }
    return true
  }
}

/// Narrows numbers to 16 bits.
/// - Returns: false when one has become infinite.
@inline(__always)
private func store(
  _ values: UnsafeBufferPointer<Float>, as bytes: UnsafeMutableRawBufferPointer, infinity: UInt16,
  _ narrow: (Float) -> UInt16
) -> Bool {
  var largest: UInt16 = 0
  for (i, value) in values.enumerated() {
    let bits = narrow(value)
    largest = max(largest, bits & 0x7fff)
    bytes.storeBytes(of: bits.littleEndian, toByteOffset: 2 * i, as: UInt16.self)
  }
  return largest < infinity
}

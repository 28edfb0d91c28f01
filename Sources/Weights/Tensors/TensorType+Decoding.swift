extension TensorType {
  /// Writes elements as single-precision numbers into memory of as many elements.
  /// - Parameter bytes: whole elements, or whole blocks.
  /// - Returns: false, having written nothing, for a type that is not F32, F16, BF16 or a quantised one.
  func decode(
    _ bytes: UnsafeRawBufferPointer, into destination: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    switch self {
    case .float32: UnsafeMutableRawBufferPointer(destination).copyMemory(from: bytes)
    case .bfloat16: convert(bytes, to: destination) { Float(bitPattern: UInt32($0) << 16) }
    case .float16: convert(bytes, to: destination, float(halfBits:))
    default:
      guard let format = BlockFormat(self) else { return false }
      format.decode(bytes, into: destination)
    }
    return true
  }
}

/// Widens 16-bit elements; the loop has no branches, so that the compiler can vectorise it.
@inline(__always)
private func convert(
  _ bytes: UnsafeRawBufferPointer, to destination: UnsafeMutableBufferPointer<Float>,
  _ widen: (UInt16) -> Float
) {
  guard let source = bytes.baseAddress, let target = destination.baseAddress else { return }
  for i in 0..<destination.count {
    target[i] = widen(
      UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)))
  }
}

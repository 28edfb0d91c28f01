import Checkpoints

/// Reading the numbers of an adapter: a single one that is not finite would spoil a whole model.
extension TensorView {
  /// The elements as single-precision numbers.
  /// - Throws: `InputError` as `floats()` does, or when one is not finite.
  func finiteFloats() throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: info.count) { buffer, count in
      try copyFinite(to: UnsafeMutableBufferPointer(rebasing: buffer[..<info.count]))
      count = info.count
    }
  }

  /// Writes the elements as single-precision numbers into memory of as many elements.
  /// - Throws: `InputError` as `copy(to:)` does, or when one is not finite.
  func copyFinite(to destination: UnsafeMutableBufferPointer<Float>) throws {
    try copy(to: destination)
    // Without branches, so that the compiler can vectorise it.
    var largest: UInt32 = 0
    for value in destination { largest = max(largest, value.magnitude.bitPattern) }
    guard largest < Float.infinity.bitPattern else {
      throw error("holds a number that is not finite")
    }
  }
}

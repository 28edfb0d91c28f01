import Foundation
import Support

/// Reading numbers that must be finite: a single one that is not would spoil a whole model, and some activation
/// functions would hide it.
extension TensorView {
  /// The elements as single-precision numbers.
  /// - Throws: `InputError` as `floats()` does, or when one is not finite.
  package func finiteFloats() throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: info.count) { buffer, count in
      try copyFinite(to: UnsafeMutableBufferPointer(rebasing: buffer[..<info.count]))
      count = info.count
    }
  }

  /// Writes the elements as single-precision numbers into memory of as many elements.
  /// - Throws: `InputError` as `copy(to:)` does, or when one is not finite.
  package func copyFinite(to destination: UnsafeMutableBufferPointer<Float>) throws {
    try copy(to: destination)
    guard areFinite(UnsafeBufferPointer(destination)) else { throw notFinite }
  }

  /// Looks at all elements of a tensor of single-precision numbers where they are in the file. Pages that were read
  /// for this alone do not stay in the process' memory.
  /// - Throws: `InputError` when one is not finite.
  package func checkFinite() throws {
    guard info.type == .float32 else { return }
    try readOnce { guard areFinite($0.bindMemory(to: Float.self)) else { throw notFinite } }
  }

  /// Gives `body` all bytes where they are in the file, piece by piece. Pages that were read for this alone do not stay in
  /// the process' memory.
  func readOnce(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      let piece = 1 << 22
      for offset in stride(from: 0, to: bytes.count, by: piece) {
        let part = UnsafeRawBufferPointer(
          start: start + offset, count: min(piece, bytes.count - offset))
        try body(part)
        if file.home == .file { forget(part) }
      }
    }
  }

  /// Lets the system take back whole pages of the mapping; they are read again when they are touched.
  private func forget(_ bytes: UnsafeRawBufferPointer) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let begin = (UInt(bitPattern: bytes.baseAddress) + UInt(page) - 1) / UInt(page) * UInt(page)
    let end = (UInt(bitPattern: bytes.baseAddress) + UInt(bytes.count)) / UInt(page) * UInt(page)
    guard begin < end, let start = UnsafeMutableRawPointer(bitPattern: begin) else { return }
    madvise(start, Int(end - begin), MADV_DONTNEED)
  }

  /// The error for a tensor that holds such a number.
  package var notFinite: InputError { error("holds a number that is not finite") }
}

/// Without branches, so that the compiler can vectorise it.
private func areFinite(_ values: UnsafeBufferPointer<Float>) -> Bool {
  var largest: UInt32 = 0
  for value in values { largest = max(largest, value.magnitude.bitPattern) }
  return largest < Float.infinity.bitPattern
}

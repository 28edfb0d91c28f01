import Foundation
import Support

/// A tensor of a mapped file. It keeps its file mapped as long as it lives.
public struct TensorView: Sendable {
  /// Name, type, shape and place.
  public let info: TensorInfo
  let file: MappedFile

  init(info: TensorInfo, file: MappedFile) {
    self.info = info
    self.file = file
  }

  /// The file the tensor is in.
  public var url: URL { file.url }

  /// The elements as they stand in the file: row-major, little endian, not necessarily aligned.
  ///
  /// The memory is valid, and must not be written, as long as this view or another of the same file
  /// lives. See also `withUnsafeBytes`.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[info.byteRange])
  }

  /// Calls `body` with the elements as they stand in the file: row-major, little endian, not
  /// necessarily aligned. The memory is valid during the call only.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(file) { try body(bytes) }
  }

  /// The elements as single-precision numbers.
  /// - Throws: `InputError` when they are not F32, F16, BF16 or quantised blocks.
  public func floats() throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: info.count) { buffer, count in
      try copy(to: UnsafeMutableBufferPointer(rebasing: buffer[..<info.count]))
      count = info.count
    }
  }

  /// Writes the elements as single-precision numbers into memory of as many elements.
  /// - Throws: `InputError` when they are not F32, F16, BF16 or quantised blocks, or `destination` has another size.
  public func copy(to destination: UnsafeMutableBufferPointer<Float>) throws {
    guard destination.count == info.count else {
      throw error("has \(info.count) elements, expected \(destination.count)")
    }
    try withUnsafeBytes { bytes in
      switch info.type {
      case .float32: UnsafeMutableRawBufferPointer(destination).copyMemory(from: bytes)
      case .bfloat16: convert(bytes, to: destination) { Float(bitPattern: UInt32($0) << 16) }
      case .float16: convert(bytes, to: destination, float(halfBits:))
      default:
        guard let format = BlockFormat(info.type) else {
          throw error(
            "is of type \(info.type.rawValue), expected F32, F16, BF16 or a quantised type of GGUF")
        }
        format.decode(bytes, into: destination)
      }
    }
  }

  /// The error for a tensor that cannot be used, naming its file.
  public func error(_ problem: String) -> InputError {
    InputError(url.path, at: "tensor \"\(info.name)\"", problem)
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

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
      guard info.type.decode(bytes, into: destination) else {
        throw error(
          "is of type \(info.type.rawValue), expected F32, F16, BF16 or a quantised type of GGUF")
      }
    }
  }

  /// The error for a tensor that cannot be used, naming its file.
  public func error(_ problem: String) -> InputError {
    InputError(url.path, at: "tensor \"\(info.name)\"", problem)
  }
}

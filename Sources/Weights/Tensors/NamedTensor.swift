import Foundation
import Support

/// A tensor to be written or fingerprinted, wherever its elements lie: nothing is copied before
/// they are needed.
public struct NamedTensor {
  /// The name in the file.
  public let name: String
  /// The type of the elements.
  public let type: TensorType
  /// The dimensions, outermost first.
  public let shape: [Int]
  /// Calls its argument with the elements (row-major, little endian), in one piece or in several
  /// that follow each other.
  public let withBytes: (_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Void

  /// A tensor whose elements are produced on demand, possibly more than once.
  public init(
    _ name: String, _ type: TensorType, shape: [Int],
    withBytes: @escaping (_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.withBytes = withBytes
  }

  /// Single-precision numbers.
  public init(_ name: String, shape: [Int], _ values: [Float]) {
    self.init(name, .float32, shape: shape) { try values.withUnsafeBytes($0) }
  }

  /// A tensor of a file, under its own or another name.
  public init(_ view: TensorView, name: String? = nil) {
    self.init(name ?? view.info.name, view.info.type, shape: view.info.shape) {
      try view.readOnce($0)
    }
  }

  /// The size in bytes that type and shape ask for.
  /// - Throws: `InputError` when there is none.
  func byteCount(source: String) throws -> Int {
    guard let count = type.byteCount(shape: shape) else {
      throw InputError(
        source, at: "tensor \"\(name)\"", "shape \(shape) of \(type.rawValue) is impossible")
    }
    return count
  }
}

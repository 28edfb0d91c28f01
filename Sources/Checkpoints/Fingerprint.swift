import Crypto
import Foundation
import Support

/// A digest of tensors: equal for equal names, types, shapes and elements, whatever the order and
/// the files they are in. It ties what was computed from a model to that model.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  /// SHA-256 in 64 hexadecimal digits.
  public let description: String

  /// A fingerprint that was written down.
  public init(hexadecimal: String) {
    description = hexadecimal
  }

  /// The fingerprint of tensors, read once from beginning to end.
  /// - Throws: what reading a tensor throws.
  public init(of tensors: [NamedTensor]) throws {
    var hash = SHA256()
    // Every part is preceded by its length, so that no two lists of tensors hash the same bytes.
    func add(_ number: Int) {
      withUnsafeBytes(of: UInt64(bitPattern: Int64(number)).littleEndian) {
        hash.update(bufferPointer: $0)
      }
    }
    func add(_ text: String) {
      add(text.utf8.count)
      hash.update(data: Array(text.utf8))
    }
    for tensor in tensors.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      add(tensor.name)
      add(tensor.type.rawValue)
      add(tensor.shape.count)
      tensor.shape.forEach(add)
      try tensor.withBytes { hash.update(bufferPointer: $0) }
    }
    description = hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      .joined()
  }

  /// The fingerprint of all tensors of a checkpoint.
  public init(of checkpoint: Checkpoint) throws {
    try self.init(of: checkpoint.names.compactMap { checkpoint[$0] }.map { NamedTensor($0) })
  }
}

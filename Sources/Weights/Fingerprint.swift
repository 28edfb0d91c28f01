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
  /// - Throws: what reading a tensor throws, and `InputError` when there is no libcrypto.
  public init(of tensors: [NamedTensor]) throws {
    let hash = try SHA256()
    // Every part is preceded by its length, so that no two lists of tensors hash the same bytes.
    func add(_ number: Int) throws {
      try withUnsafeBytes(of: UInt64(bitPattern: Int64(number)).littleEndian) {
        try hash.update($0)
      }
    }
    func add(_ text: String) throws {
      try add(text.utf8.count)
      try hash.update(text)
    }
    for tensor in tensors.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      try add(tensor.name)
      try add(tensor.type.rawValue)
      try add(tensor.shape.count)
      try tensor.shape.forEach(add)
      try tensor.withBytes(hash.update)
    }
    description = try hash.finish()
  }

  /// The fingerprint of all tensors of a checkpoint.
  public init(of checkpoint: Checkpoint) throws {
    try self.init(of: checkpoint.names.compactMap { checkpoint[$0] }.map { NamedTensor($0) })
  }
}

import Foundation
import Support

/// One safetensors file, memory-mapped and completely checked.
public struct SafetensorsFile: Sendable {
  /// The tensors in the order of their bytes.
  public let tensors: [TensorView]
  /// The texts of `__metadata__`, such as `format`: `pt`.
  public let metadata: [String: String]

  /// Maps a file and checks its header against its size; no tensor is read yet.
  /// - Throws: `InputError` naming the file, and the tensor where one is at fault.
  public init(_ url: URL) throws {
    let file = try MappedFile(url)
    let header = try SafetensorsHeader(of: file.bytes, source: url.path)
    metadata = header.metadata
    tensors = header.tensors.map { TensorView(info: $0, file: file) }
  }
}

import Foundation
import Support

/// The tensors of a model by name, over one or several safetensors files.
///
/// The files are memory-mapped: opening reads their headers only.
public struct Checkpoint: Sendable {
  /// The folder or file, for messages.
  public let url: URL
  private let tensors: [String: TensorView]

  /// Opens a single safetensors file.
  /// - Throws: `InputError` when it is missing or malformed.
  public init(file: URL) throws {
    let tensors = try SafetensorsFile(file).tensors.map { ($0.info.name, $0) }
    self.init(url: file, Dictionary(tensors, uniquingKeysWith: { $1 }))
  }

  init(url: URL, _ tensors: [String: TensorView]) {
    self.url = url
    self.tensors = tensors
  }

  /// The names of all tensors, sorted.
  public var names: [String] { tensors.keys.sorted() }

  /// A tensor, or nil when there is none of this name.
  public subscript(name: String) -> TensorView? { tensors[name] }

  /// A tensor that must be there, with a shape that must be right.
  /// - Parameter shape: the shape to expect; any, if nil.
  /// - Throws: `InputError` naming the tensor and, where it differs, the shape expected.
  public func tensor(_ name: String, shape: [Int]? = nil) throws -> TensorView {
    guard let tensor = tensors[name] else {
      throw InputError(url.path, at: "tensor \"\(name)\"", "is missing")
    }
    if let shape, tensor.info.shape != shape {
      throw tensor.error("has shape \(tensor.info.shape), expected \(shape)")
    }
    return tensor
  }
}

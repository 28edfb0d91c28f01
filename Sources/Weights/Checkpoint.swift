import Foundation
import Support

/// The tensors of a model by name, over one or several safetensors files or one GGUF file.
///
/// The files are memory-mapped: opening reads their headers only.
public struct Checkpoint: Sendable {
  /// The folder or file, for messages.
  public let url: URL
  private let tensors: [String: TensorView]

  /// Opens a single file: GGUF when it begins as such files do, else safetensors.
  ///
  /// The tensors of GGUF files have the names, and the order of rows, that `transformers` gives
  /// them: see `GGUFNames`.
  /// - Throws: `InputError` when it is missing or malformed.
  public init(file: URL) throws {
    if GGUFFile.isGGUF(file) {
      try self.init(GGUFFile(file))
      return
    }
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
  /// - Parameters:
  ///   - name: the name of the tensor.
  ///   - shape: the shape to expect; any, if nil.
  /// - Throws: `InputError` naming the tensor and, where it differs, the shape expected.
  public func tensor(_ name: String, shape: [Int]? = nil) throws -> TensorView {
    guard let tensor = tensors[name] else { throw missing(name) }
    if let shape, tensor.info.shape != shape {
      throw tensor.error("has shape \(tensor.info.shape), expected \(shape)")
    }
    return tensor
  }

  /// The error for a tensor that is missing. If it is there under a longer name, as programs leave it that wrap a model
  /// (`torch.compile`: `_orig_mod.`, `DataParallel`: `module.`), that is what it says.
  /// - Parameter shape: the shape to expect, if that helps.
  package func missing(_ name: String, shape: [Int]? = nil) -> InputError {
    if let prefix = prefix(before: name) {
      let count = names.count { $0.hasPrefix(prefix) }
      return InputError(
        url.path,
        "\(count) of \(names.count) tensors have names that begin with \"\(prefix)\", expected those of transformers, "
          + "such as \"\(name)\": save the model itself, not what it was wrapped in")
    }
    let expected = shape.map { ", expected shape \($0)" } ?? ""
    return InputError(url.path, at: "tensor \"\(name)\"", "is missing\(expected)")
  }

  /// What stands before most names, that of a tensor among them.
  package func prefix(before name: String) -> String? {
    let ending = "." + name
    let longer = names.filter { $0.hasSuffix(ending) }.min { $0.count < $1.count }
    guard let prefix = longer?.dropLast(name.count) else { return nil }
    return 2 * names.count { $0.hasPrefix(prefix) } > names.count ? String(prefix) : nil
  }
}

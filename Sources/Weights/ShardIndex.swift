import Foundation
import Support

/// `model.safetensors.index.json`: which tensor is in which of several files.
struct ShardIndex {
  private let file: ConfigurationFile
  private let weightMap: JSONObject

  private static let key = "weight_map"

  init(_ url: URL) throws {
    file = try ConfigurationFile(url)
    weightMap = try file.object(Self.key)
  }

  /// Opens every shard and collects its tensors.
  func tensors() throws -> [String: TensorView] {
    var tensors: [String: TensorView] = [:]
    var shards: [String: Set<String>] = [:]
    for member in weightMap.members {
      shards[try shard(of: member), default: []].insert(member.key)
    }
    for (shard, listed) in shards.sorted(by: { $0.key < $1.key }) {
      let url = file.url.deletingLastPathComponent().appendingPathComponent(shard)
      let views = try SafetensorsFile(url).tensors
      for view in views {
        if let other = tensors.updateValue(view, forKey: view.info.name) {
          throw view.error("is in \(other.url.lastPathComponent), too")
        }
      }
      if let missing = listed.subtracting(views.map(\.info.name)).min() {
        throw InputError(
          url.path, at: "tensor \"\(missing)\"",
          "is missing, though \(file.url.lastPathComponent) says it is here")
      }
    }
    return tensors
  }

  /// The file of a tensor, relative to the folder and never outside of it.
  private func shard(of tensor: JSONObject.Member) throws -> String {
    guard case .string(let path) = tensor.value else {
      throw error(tensor.key, "expected the name of a file")
    }
    guard !path.isEmpty, !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
      throw error(tensor.key, "\"\(path)\" leaves the folder, expected a file in it")
    }
    return path
  }

  private func error(_ name: String, _ problem: String) -> InputError {
    InputError(file.url.path, at: "\(Self.key), tensor \"\(name)\"", problem)
  }
}

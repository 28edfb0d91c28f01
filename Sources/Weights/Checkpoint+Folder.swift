import Foundation
import Support

extension ModelFolder {
  /// Opens the weights.
  /// - Throws: `InputError` as `Checkpoint.init(folder:)` does.
  public func checkpoint() throws -> Checkpoint {
    try isGGUF ? Checkpoint(file: url) : Checkpoint(folder: url)
  }
}

extension Checkpoint {
  /// Opens the weights of a Hugging Face folder: `model.safetensors`, or the shards that
  /// `model.safetensors.index.json` lists.
  /// - Throws: `InputError` when the folder or its weights are missing, only `pytorch_model.bin` is
  ///   there, a file is malformed, or the index and its shards do not agree.
  public init(folder: URL) throws {
    try InputFile.checkFolder(folder)
    let single = folder.appendingPathComponent(ModelFolder.weightsName)
    let index = folder.appendingPathComponent(ModelFolder.weightsName + ".index.json")
    if FileManager.default.fileExists(atPath: single.path) {
      try self.init(file: single)
    } else if FileManager.default.fileExists(atPath: index.path) {
      self.init(url: folder, try ShardIndex(index).tensors())
    } else {
      throw Self.missingWeights(in: folder)
    }
  }

  private static func missingWeights(in folder: URL) -> InputError {
    let weights = ModelFolder.weightsName
    let pickled = ["pytorch_model.bin", "pytorch_model.bin.index.json"].first {
      FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
    }
    guard let pickled else {
      return InputError(folder.path, "holds no \(weights) and no \(weights).index.json")
    }
    return InputError(
      folder.path,
      "holds \(pickled), expected \(weights). Convert it in Python: load the model with "
        + "transformers and call model.save_pretrained(folder, safe_serialization=True)")
  }
}

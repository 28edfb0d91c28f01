import Foundation
import Inference
import Support
import Weights

/// A model of a comparison: a Hugging Face folder, and what of its `config.json` the recipe depends on.
public struct GLUEModel: Sendable {
  /// The folder.
  public let folder: URL
  /// The folder's name, by which tables and output folders call the model.
  public let name: String
  /// Which of the paper's tables of training parameters applies.
  public let family: GLUEPreset.Family
  /// The weights of its MLP blocks.
  public let weights: MLPWeights
  /// A digest of its tensors, by which records know it.
  public let fingerprint: String

  /// Reads `config.json`, and the weights once for their fingerprint.
  /// - Throws: `InputError` naming the file and key that cannot be used.
  public init(_ folder: URL) throws {
    self.folder = folder
    // `models/bert/` and `.` have names, too.
    name = folder.standardizedFileURL.resolvingSymlinksInPath().lastPathComponent
    let source = try ModelFolder(folder)
    let configuration = try source.configuration()
    weights = try MLPWeights(configuration)
    family = GLUEPreset.Family(
      modelType: try configuration.string("model_type"), hiddenSize: weights.hiddenSize)
    fingerprint = try Fingerprint(of: source.checkpoint()).description
  }
}

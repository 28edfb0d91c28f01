import Foundation
import SparseGrad
import TestSupport

extension Subject {
  /// A folder of a decoder, from which a few tokens are generated.
  static func decoder(_ fixture: String) throws -> Subject {
    let folder = try TemporaryFolder()
    let files = try Files(below: TinyLanguageModel(fixture, in: folder).url)
    return Subject(name: "decoder-\(fixture)", files: files, spoilt: files.keys.sorted()) {
      var settings = GenerationSettings()
      settings.maximumTokens = 2
      _ = try TextGenerator(model: $0, threads: 1).generate("a good film", settings)
    }
  }

  /// A GGUF file of one without a tokenizer: its tensors and what it says of the model.
  static func gguf() throws -> Subject {
    let name = "llama.gguf"
    let data = try fixtures.appendingPathComponent("gguf").data(name)
    return Subject(name: "gguf", files: [name: data], spoilt: [name]) { folder in
      let file = folder.appendingPathComponent(name)
      let checkpoint = try Checkpoint(file: file)
      for name in checkpoint.names { _ = try checkpoint.tensor(name).floats() }
      _ = try ParameterCounts(ModelFolder(file).checkpoint())
    }
  }
}

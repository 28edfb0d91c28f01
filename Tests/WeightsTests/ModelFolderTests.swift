import Foundation
import Support
import Testing

@testable import Weights

@Suite struct ModelFolderTests {
  private let single = fixtures.appendingPathComponent("single")

  @Test func writesAModelWithItsTokenizer() throws {
    let model = try ModelFolder(single)
    let checkpoint = try model.checkpoint()
    try withTemporaryFolder { folder in
      let source = folder.appendingPathComponent("source")
      try FileManager.default.copyItem(at: single, to: source)
      for name in ["tokenizer.json", "vocab.txt", "empty.txt", "merges.txt"] {
        try source.appendingPathComponent(name).write(name == "merges.txt" ? "" : name)
      }
      let output = folder.appendingPathComponent("new/output")
      try AtomicOutput.folder(at: output) { partial in
        try ModelFolder.write(
          model.configuration(), checkpoint.names.map { NamedTensor(try checkpoint.tensor($0)) },
          tokenizer: ModelFolder(source), to: partial)
      }
      #expect(
        try contents(of: output)
          == ["config.json", "merges.txt", "model.safetensors", "tokenizer.json", "vocab.txt"])
      for name in ["config.json", "model.safetensors"] {
        let (new, old) = (output.appendingPathComponent(name), single.appendingPathComponent(name))
        #expect(try Data(contentsOf: new) == Data(contentsOf: old))
      }
      let vocabulary = output.appendingPathComponent("vocab.txt")
      #expect(try String(contentsOf: vocabulary, encoding: .utf8) == "vocab.txt")
    }
  }

  @Test func refusesWhatIsNoModel() throws {
    try withTemporaryFolder { folder in
      #expect(
        message { _ = try ModelFolder(folder) }
          == "\(folder.path): holds no config.json, expected a Hugging Face model folder")
      let missing = folder.appendingPathComponent("missing")
      #expect(message { _ = try ModelFolder(missing) } == "\(missing.path): no such folder")
    }
  }
}

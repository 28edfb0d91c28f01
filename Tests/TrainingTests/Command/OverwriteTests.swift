import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// A run that replaces the result of another is killed while it does so: what is there is all old or all new.
  @Suite struct OverwriteTests {
    private static let files = [
      "config.json", "model.safetensors", "tokenizer.json", "adapter/adapter_model.safetensors",
    ]

    private func result(_ folder: URL) -> [Data?] { Self.files.map { try? folder.data($0) } }

    @Test(arguments: ["--method full", "--method lora --save both"], 1...3 as ClosedRange<UInt64>)
    func isAllOldOrAllNew(method: String, seed: UInt64) throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune(method.split(separator: " ").map(String.init))
      let straight = tiny.folder("straight")
      #expect(try Command.run(flags + ["--output", straight.path]).status == 0)
      let new = result(straight)
      let other = ["--labels", "positive,negative", "--seed", "7"]
      #expect(try Command.run(flags + other).status == 0)
      let old = result(tiny.output)
      #expect(old[0] != new[0] && old[1] != new[1])
      try tiny.folder.write("output/notes.txt", "mine")
      try tiny.folder.write("output/plots/a", "mine")

      var random = RandomStream(seed: seed, purpose: .shuffling, index: 0)
      var mode = "--overwrite"
      for kill in 0... {
        let isDone = result(tiny.output) == new && tiny.output.contents.contains("metrics.json")
        let command = try Command(flags + [mode])
        if kill < 6, !isDone {
          waitForPublication(tiny)
          Thread.sleep(forTimeInterval: .random(in: 0...0.006, using: &random))
          command.send(SIGKILL)
        }
        let ended = try command.wait()
        let now = result(tiny.output)
        #expect(now == old || now == new)
        if let status = ended.status {
          #expect(status == 0, "\(ended.errors)")
          break
        }
        mode = "--resume"
      }
      #expect(result(tiny.output) == new)
      #expect(try tiny.output.data("notes.txt") == Data("mine".utf8))
      #expect(try tiny.output.data("plots/a") == Data("mine".utf8))
      #expect(!tiny.folder.url.contents.contains { $0.hasPrefix(".partial") })
      #expect(!tiny.output.contents.contains { $0.hasPrefix(".partial") })
    }

    /// Until the result is prepared; a command that has ended meanwhile is not noticed.
    private func waitForPublication(_ tiny: TinyCommand) {
      let deadline = ContinuousClock.now + .seconds(3)
      while ContinuousClock.now < deadline {
        let names = tiny.folder.url.contents + tiny.output.contents
        if names.contains(where: { $0.hasPrefix(".partial") && $0.hasSuffix("-result") }) { return }
        Thread.sleep(forTimeInterval: 0.0005)
      }
    }

    @Test func asksBeforeItReplacesAModel() throws {
      let tiny = try TinyCommand()
      _ = try TinyModel(in: tiny.folder, name: "output")
      try tiny.folder.write("output/added_tokens.json", "{}")
      let before = tiny.output.contents
      let refused = try Command.run(tiny.finetune("--method", "full"))
      #expect(refused.status == 1 && refused.errors.contains("holds a model, --overwrite"))
      #expect(tiny.output.contents == before)
      #expect(try Command.run(tiny.finetune("--method", "full", "--overwrite")).status == 0)
      // Its tokenizer goes with it.
      #expect(!tiny.output.contents.contains("added_tokens.json"))
    }
  }
}

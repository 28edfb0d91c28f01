import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// What the system may refuse: space, permission; and texts that are too long.
  @Suite struct SystemTests {
    private static let finished = ["config.json", "model.safetensors", "metrics.json"]

    /// A limit in kilobytes stands for a full disk: the weights have about 120, the optimiser of all of them more.
    @Test(arguments: [1, 60, 150]) func diskIsFull(limit: Int) throws {
      let tiny = try TinyCommand()
      let result = try Command.run(tiny.finetune("--method", "full"), fileSizeLimit: limit)
      #expect(result.status == 1)
      #expect(result.errors.contains(tiny.output.path))
      #expect(
        result.errors.contains("cannot be written") && result.errors.contains("File too large"))
      #expect(!tiny.output.contents.contains { Self.finished.contains($0) || $0.hasPrefix(".") })
      // With space again, the run goes on.
      #expect(try Command.run(tiny.finetune("--method", "full", "--resume")).status == 0)
    }

    @Test func outputCannotBeMade() throws {
      let tiny = try TinyCommand()
      for output in [tiny.path("train.tsv"), tiny.path("train.tsv") + "/model", "/proc/model"] {
        let result = try Command.run(tiny.finetune("--output", output))
        #expect(result.status == 1)
        #expect(result.errors.contains(output) && result.errors.contains("cannot be created"))
      }
    }

    @Test func longTextsAreTruncated() throws {
      let tiny = try TinyCommand()
      let long = String(repeating: "good ", count: 100)
      try tiny.folder.write(
        "train.tsv", TinyData.table(10) + "\(long)\tpositive\n" + "\(long)\tpositive\n")
      var flags = tiny.finetune("--max-steps", "2")
      flags.removeAll { $0 == "--quiet" }
      let result = try Command.run(flags)
      #expect(result.status == 0)
      #expect(
        result.errors.contains(
          "train.tsv: 2 of 12 examples are longer than 40 tokens and were truncated"))
      let tokens = try Command.run(
        ["tokenize", "--model", tiny.model.url.path, "--json", "--max-length", "7", long])
      #expect(try JSONDecoder().decode([Int].self, from: Data(tokens.output.utf8)).count == 7)
      let prediction = try Command.run(["predict", "--model", tiny.output.path, long])
      #expect(prediction.status == 0 && prediction.errors.contains("truncated"))
    }

    @Test func evaluationRefusesOtherLabels() throws {
      let tiny = try TinyCommand()
      #expect(try Command.run(tiny.finetune()).status == 0)
      let file = try tiny.folder.write("other.tsv", "text\tlabel\ngood\tpositive\nbad\tangry\n")
      let result = try Command.run(
        ["evaluate", "--model", tiny.output.path, "--data", file.path])
      #expect(result.status == 1)
      #expect(result.errors.contains("other.tsv: line 3: label \"angry\""))
    }

    @Test func aHeadIsNeededToPredict() throws {
      let tiny = try TinyCommand()
      let model = tiny.folder("bare")
      try FileManager.default.copyItem(at: tiny.model.url, to: model)
      let weights = try Checkpoint(folder: tiny.model.url)
      let bare = weights.names.filter { !$0.hasPrefix("classifier") }
      try SafetensorsWriter.write(
        bare.compactMap { weights[$0].map { NamedTensor($0) } },
        to: model.appendingPathComponent("model.safetensors"))
      let result = try Command.run(["predict", "--model", model.path, "good"])
      #expect(result.status == 1 && result.errors.contains("has no classification head"))
      // Fine-tuning draws one.
      #expect(try Command.run(tiny.finetune("--model", model.path)).status == 0)
    }
  }
}

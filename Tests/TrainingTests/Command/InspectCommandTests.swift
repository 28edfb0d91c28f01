import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// `sparsegrad inspect`.
  @Suite struct InspectCommandTests {
    private let tiny: TinyCommand

    init() throws { tiny = try TinyCommand() }

    private func inspect(_ more: String...) -> [String] {
      [
        "inspect", "--model", tiny.model.url.path, "--train-file", tiny.path("train.tsv"),
        "--output", tiny.output.path, "--batch-size", "4", "--basis-steps", "2", "--steps", "3",
      ] + more
    }

    @Test func tellsOfEveryLayer() throws {
      let result = try Command.run(inspect("--json", "--blocks", "0", "--method", "full"))
      #expect(result.status == 0, "\(result)")
      let lines = try result.lines.map { try jsonObject(Data($0.utf8)) }
      let layers = lines.filter { $0["layer"] != nil }
      #expect(layers.map { $0["layer"] as? String } == ["intermediate", "output"])
      for layer in layers {
        let energy = try #require(layer["energy_in_1_percent"] as? [String: Double])
        #expect(energy.count == 5 && energy.values.allSatisfy { 0 < $0 && $0 <= 1 })
      }
      #expect(tiny.output.contents.contains("block-0-output-dw.png"))
    }

    @Test func saysHowFarItIs() throws {
      let result = try Command.run(inspect())
      #expect(result.status == 0 && result.errors.contains("step 3/3  loss "), "\(result)")
      #expect(result.output.hasSuffix("pictures and numbers: \(tiny.output.path)\n"))
      let again = try Command.run(inspect("--quiet"))
      #expect(again.status == 1 && again.errors.contains("is there already, expected a new"))
    }

    @Test(arguments: [
      (["--blocks", "0,77"], "--blocks: names block 77, but the last one is 1"),
      (["--mlp-layers", "gate_proj"], "--mlp-layers: names gate_proj, which the model lacks"),
      (["--model", "nothing"], "nothing"), (["--train-file", "nothing.tsv"], "nothing.tsv"),
    ]) func refusesWhatIsNotThere(flags: [String], problem: String) throws {
      let result = try Command.run(inspect() + flags)
      #expect(result.status == 1 && result.errors.contains(problem), "\(result)")
      #expect(result.errors.split(separator: "\n").count == 1 && result.output.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: tiny.output.path))
    }

    @Test(arguments: [
      ["--steps", "0"], ["--basis-steps", "0"], ["--blocks", "last"], ["--learning-rate", "0"],
      ["--frozen", "--method", "full"], ["--frozen", "--learning-rate", "1e-3"],
      ["--mlp-layers", "attention"], ["--method", "adam"],
    ]) func isAUsageError(flags: [String]) throws {
      let result = try Command.run(inspect() + flags)
      #expect(result.status == 64 && result.errors.contains(flags[0]), "\(result)")
    }

    /// No space: one line, and nothing half of it.
    @Test func aFullDiskLeavesNothing() throws {
      let result = try Command.run(inspect("--quiet"), fileSizeLimit: 4)
      #expect(result.status == 1 && result.errors.contains("cannot be written"), "\(result)")
      #expect(result.errors.split(separator: "\n").count == 1)
      #expect(!tiny.folder.url.contents.contains { $0 == "output" || $0.hasPrefix(".partial") })
    }

    /// Data of every task, and gradients of weights that do not move.
    @Test func takesEveryTask() throws {
      try tiny.folder.write(
        "numbers.tsv", "text\tlabel\n" + (0..<12).map { "a film \($0)\t\($0).5\n" }.joined())
      try tiny.folder.write(
        "lists.tsv",
        "text\tlabels\n" + (0..<12).map { "film \($0)\t\($0 % 2 == 0 ? "a,b" : "")\n" }.joined())
      try tiny.folder.write(
        "tags.conll", (0..<12).map { "film B-A\n\($0) O\nis O\n\n" }.joined())
      for (task, file) in [
        ("regression", "numbers.tsv"), ("multilabel", "lists.tsv"),
        ("token-classification", "tags.conll"),
      ] {
        for flag in ["--frozen", "--quiet"] {
          let output = tiny.path("\(task)\(flag)")
          let result = try Command.run(
            inspect(
              "--task", task, "--train-file", tiny.path(file), "--output", output, "--quiet",
              flag))
          #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
        }
      }
    }
  }
}

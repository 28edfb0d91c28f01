import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// A checkpoint holds what trains, and nothing else of the model.
  @Suite struct CheckpointContentsTests {
    struct Expectation: CustomTestStringConvertible {
      let flags: String
      /// The parameters whose values are in the checkpoint.
      let holds: @Sendable (String) -> Bool
      var testDescription: String { flags }
    }

    static let expectations = [
      Expectation(flags: "--method full") { _ in true },
      Expectation(flags: "--method full --trainable mlp+head") { name in
        Self.isMLP(name) || Self.isOfHead(name)
      },
      Expectation(flags: "--method sparsegrad --trainable mlp+head") { name in
        Self.isMLP(name) || Self.isOfHead(name)
      },
      Expectation(flags: "--method lora --save adapter") { Self.isOfHead($0) },
      Expectation(flags: "--method lora --precision bfloat16") { Self.isOfHead($0) },
    ]

    private static func isMLP(_ name: String) -> Bool {
      (name.contains(".intermediate.dense.") || name.contains(".output.dense."))
        && !name.contains("attention")
    }

    private static func isOfHead(_ name: String) -> Bool {
      name.contains("pooler.") || name.hasPrefix("classifier.")
    }

    @Test(arguments: expectations) func isWhatTrains(_ expectation: Expectation) throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune(expectation.flags.split(separator: " ").map(String.init))
      let run = try Command.run(flags)
      #expect(run.status == 0, "\(run.errors)")
      let folder = tiny.output.appendingPathComponent("checkpoint-6")
      #expect(
        folder.contents == ["SHA256SUMS", "training_state.json", "training_state.safetensors"])
      let all = Set(try Checkpoint(folder: tiny.model.url).names)
      #expect(!all.isEmpty)
      let held = Set(try Checkpoint(file: state(folder)).names).intersection(all)
      #expect(held == all.filter(expectation.holds))
    }

    @Test func isSmallForLoRA() throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune("--method", "lora", "--trainable", "mlp", "--lora-rank", "1")
      let run = try Command.run(flags)
      #expect(run.status == 0, "\(run.errors)")
      let folder = tiny.output.appendingPathComponent("checkpoint-6")
      let size = try Data(contentsOf: state(folder)).count
      #expect(size < (try tiny.output.data("model.safetensors")).count / 2)
    }

    /// So that nobody wonders why it cannot be evaluated.
    @Test func isNoModelFolder() throws {
      let tiny = try TinyCommand()
      #expect(try Command.run(tiny.finetune("--method", "full")).status == 0)
      let folder = tiny.output.appendingPathComponent("checkpoint-6")
      let result = try Command.run(["predict", "--model", folder.path, "a text"])
      #expect(result.status == 1)
      #expect(result.errors.contains("is a checkpoint of a run"), "\(result.errors)")
    }

    /// As earlier versions wrote them: the whole model in a file beside the state.
    @Test(arguments: ["--method full", "--method sparsegrad", "--method lora --save both"])
    func thoseWithTheWholeModelAreGoneOnFrom(method: String) throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune(
        ["--evaluate-every", "2", "--dropout", "0.1"]
          + method.split(separator: " ").map(String.init))
      #expect(try Command.run(flags).status == 0)
      let good = tiny.folder("good")
      try FileManager.default.copyItem(at: tiny.output, to: good)
      #expect(try Command.run(flags + ["--resume", "--max-steps", "9"]).status == 0)
      let weights = try tiny.output.data("model.safetensors")
      try FileManager.default.removeItem(at: tiny.output)
      try FileManager.default.copyItem(at: good, to: tiny.output)
      let base = try Checkpoint(folder: tiny.model.url)
      for name in tiny.output.contents where name.hasPrefix("checkpoint-") {
        let folder = tiny.output.appendingPathComponent(name)
        let saved = try Checkpoint(file: state(folder))
        let tensors = saved.names.compactMap { saved[$0] }
        let whole = try base.names.map { NamedTensor(try saved[$0] ?? base.tensor($0)) }
        try SafetensorsWriter.write(whole, to: folder.appendingPathComponent("model.safetensors"))
        // The values are not in the state any more, so they can only come from the model.
        let rest = tensors.filter { base[$0.info.name] == nil }.map { NamedTensor($0) }
        #expect(rest.count < tensors.count)
        try SafetensorsWriter.write(rest, to: state(folder))
        try FileDigests.write(in: folder)
      }
      let result = try Command.run(flags + ["--resume", "--max-steps", "9"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(try tiny.output.data("model.safetensors") == weights)
    }

    private func state(_ folder: URL) -> URL {
      folder.appendingPathComponent("training_state.safetensors")
    }
  }
}

extension URL {
  /// The values of a model's parameters in the checkpoint of a step, in the order of their names.
  func checkpointValues(_ step: Int) throws -> [[Float]] {
    let state = try Checkpoint(
      file: appendingPathComponent("checkpoint-\(step)/training_state.safetensors"))
    // Those that end otherwise are the optimiser's.
    let names = state.names.filter { $0.hasSuffix(".weight") || $0.hasSuffix(".bias") }
    return try names.map { try state.tensor($0).floats() }
  }
}

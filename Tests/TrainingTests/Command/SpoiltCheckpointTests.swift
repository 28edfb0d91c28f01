import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// A checkpoint that is not as it was written is never trained on and never published.
  @Suite struct SpoiltCheckpointTests {
    /// A run of six steps that can be made longer.
    private struct StoppedRun {
      let tiny: TinyCommand
      let flags: [String]

      init(_ method: [String]) throws {
        tiny = try TinyCommand()
        flags = tiny.finetune(
          ["--evaluate-every", "2", "--metric", "loss", "--learning-rate", "0.1"]
            + ["--scheduler", "constant", "--max-steps", "6"] + method)
        let result = try Command.run(flags)
        #expect(result.status == 0, "\(result.errors)")
      }

      var checkpoints: [String] {
        tiny.output.contents.filter { $0.hasPrefix("checkpoint-") }
      }

      func resume() throws -> Command.Result {
        try Command.run(flags + ["--resume", "--max-steps", "8"])
      }
    }

    /// Ways in which a file can be spoilt.
    private enum Damage: CaseIterable {
      case bit, removed, truncated, emptied, notANumber, swapped

      func spoil(_ file: URL, other: URL, _ random: inout RandomStream) throws {
        var data = try Data(contentsOf: file)
        switch self {
        case .removed: return try FileManager.default.removeItem(at: file)
        case .truncated: data.removeLast(max(1, data.count / 2))
        case .emptied: data = Data()
        case .bit:
          let place = Int.random(in: 0..<data.count, using: &random)
          data[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .notANumber:
          let nan = withUnsafeBytes(of: Float.nan) { Data($0) }
          data.replaceSubrange(data.count - 4..<data.count, with: nan)
        case .swapped:
          let another = try Data(contentsOf: other)
          if another == data { data[0] ^= 1 } else { data = another }
        }
        try data.write(to: file)
      }
    }

    @Test(arguments: ["--method full", "--method lora --save both", "--method sparsegrad"])
    func areRefused(method: String) throws {
      let run = try StoppedRun(
        method.split(separator: " ").map(String.init)
          + ["--learning-rate", "1e-12", "--metric", "accuracy"])
      // The newest, and the best: of evaluations that are all the same, the first.
      #expect(run.checkpoints == ["checkpoint-2", "checkpoint-6"])
      let good = run.tiny.folder("good")
      try FileManager.default.copyItem(at: run.tiny.output, to: good)
      let expected = try run.resume()
      #expect(expected.status == 0, "\(expected.errors)")
      let weights = try run.tiny.output.data("model.safetensors")

      var random = RandomStream(seed: 1, purpose: .shuffling, index: 0)
      let names =
        run.checkpoints.isEmpty ? [] : good.contents.filter { $0.hasPrefix("checkpoint-") }
      for (folder, other) in zip(names, names.reversed()) {
        for file in good.appendingPathComponent(folder).contents {
          for damage in Damage.allCases {
            try FileManager.default.removeItem(at: run.tiny.output)
            try FileManager.default.copyItem(at: good, to: run.tiny.output)
            try damage.spoil(
              run.tiny.output.appendingPathComponent("\(folder)/\(file)"),
              other: good.appendingPathComponent("\(other)/\(file)"), &random)
            let before = run.checkpoints
            let result = try run.resume()
            #expect(result.status == 1, "\(folder)/\(file), \(damage)")
            #expect(result.errors.contains(folder), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            #expect(run.checkpoints == before)
          }
        }
      }
      #expect(try run.tiny.output.data("model.safetensors") == good.data("model.safetensors"))
      // And what is not spoilt goes on.
      try FileManager.default.removeItem(at: run.tiny.output)
      try FileManager.default.copyItem(at: good, to: run.tiny.output)
      #expect(try run.resume().status == 0)
      #expect(try run.tiny.output.data("model.safetensors") == weights)
    }

    /// A basis that is spoilt or gone is found again, and is the same.
    @Test func aKeptBasisIsFoundAgain() throws {
      let run = try StoppedRun(["--method", "sparsegrad"])
      let good = run.tiny.folder("good")
      try FileManager.default.copyItem(at: run.tiny.output, to: good)
      #expect(try run.resume().status == 0)
      let weights = try run.tiny.output.data("model.safetensors")
      var random = RandomStream(seed: 2, purpose: .shuffling, index: 0)
      for damage in Damage.allCases {
        try FileManager.default.removeItem(at: run.tiny.output)
        try FileManager.default.copyItem(at: good, to: run.tiny.output)
        let file = run.tiny.output.appendingPathComponent("preliminary-basis.safetensors")
        try damage.spoil(file, other: good.appendingPathComponent("log.jsonl"), &random)
        let result = try run.resume()
        #expect(result.status == 0, "\(result.errors)")
        #expect(try run.tiny.output.data("model.safetensors") == weights, "\(damage)")
      }
    }

    @Test(arguments: [
      ("step", "-5"), ("step", "9223372036854775807"), ("step", "7"),
      ("tokens", "9223372036854775807"),
      ("tokens", "-1"), ("seconds", "-1e300"), ("bestStep", "9"), ("bestStep", "-2"),
      ("evaluationsWithoutImprovement", "-9223372036854775808"), ("seconds", "1e300"),
      ("step", "9223372036854775808"), ("step", "1e30"), ("seconds", "1e999"),
    ]) func numbersAreInRange(key: String, value: String) throws {
      let run = try StoppedRun(["--method", "full"])
      let file = run.tiny.output.appendingPathComponent("checkpoint-6/training_state.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      let changed = text.replacing(try Regex("\"\(key)\":[-+0-9.e]+"), with: "\"\(key)\":\(value)")
      #expect(changed != text)
      try Data(changed.utf8).write(to: file)
      let result = try run.resume()
      #expect(result.status == 1)
      #expect(result.errors.contains("checkpoint-6/training_state.json"), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }

    /// So it is for the figures of a run that has ended.
    @Test(arguments: [
      ("steps", "-1"), ("peak_process_memory", "9223372036854775807"), ("epochs", "1e300"),
      ("training_seconds", "-1"),
    ]) func figuresAreInRange(key: String, value: String) throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune("--method", "full")
      #expect(try Command.run(flags).status == 0)
      let file = tiny.output.appendingPathComponent("metrics.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      let changed = text.replacing(
        try Regex("\"\(key)\" : [-+0-9.e]+"), with: "\"\(key)\" : \(value)")
      #expect(changed != text)
      try Data(changed.utf8).write(to: file)
      let result = try Command.run(flags + ["--resume"])
      #expect(result.status == 1)
      #expect(result.errors.contains("metrics.json: key \"\(key)\""), "\(result.errors)")
    }

    @Test(arguments: ["config.json", "weights"]) func theModelIsTheSame(changed: String) throws {
      let run = try StoppedRun(["--method", "full"])
      if changed == "weights" {
        let file = run.tiny.model.url.appendingPathComponent("model.safetensors")
        var data = try Data(contentsOf: file)
        data[data.count - 1] ^= 1
        try data.write(to: file)
      } else {
        try run.tiny.model.configure { $0["layer_norm_eps"] = 1e-3 }
      }
      let before = run.checkpoints
      let result = try run.resume()
      #expect(result.status == 1)
      let problem =
        changed == "weights"
        ? "\(run.tiny.model.url.path): is not the model that the run in"
        : "the run was started with"
      #expect(result.errors.contains(problem), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(run.checkpoints == before)
    }

    @Test func theModelIsStillThere() throws {
      let run = try StoppedRun(["--method", "lora"])
      let (model, before) = (run.tiny.model.url, run.checkpoints)
      let elsewhere = run.tiny.folder("elsewhere")
      try FileManager.default.moveItem(at: model, to: elsewhere)
      let result = try run.resume()
      #expect(result.status == 1)
      #expect(result.errors.contains(model.path), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(run.checkpoints == before)
      // It is known by its weights, not by its place.
      let moved = try Command.run(
        run.flags + ["--resume", "--max-steps", "8", "--model", elsewhere.path])
      #expect(moved.status == 0, "\(moved.errors)")
    }
  }

  /// The output folder of a run that goes on.
  @Suite struct RemovedOutputTests {
    /// Nothing is written into a folder that somebody else has made meanwhile.
    @Test(arguments: [true, false]) func isNoticed(isMadeAgain: Bool) throws {
      let run = try TinyRun { $0.maximumSteps = 40 }
      let output = run.output
      #expect {
        _ = try run.job.run { event in
          if case .step(let record) = event, record.step == 5 {
            try? FileManager.default.removeItem(at: output)
            if isMadeAgain {
              try? FileManager.default.createDirectory(
                at: output, withIntermediateDirectories: true)
            }
          }
          return .continue
        }
      } throws: {
        "\($0)".contains("\(output.path): was removed or replaced")
      }
      #expect(output.contents.isEmpty)
    }

    @Test func itsLogIsMissed() throws {
      let run = try TinyRun { $0.maximumSteps = 40 }
      let output = run.output
      #expect {
        _ = try run.job.run { event in
          if case .step(let record) = event, record.step == 5 {
            try? FileManager.default.removeItem(at: output.appendingPathComponent("log.jsonl"))
          }
          return .continue
        }
      } throws: {
        "\($0)".contains("log.jsonl: was removed or replaced")
      }
    }
  }
}

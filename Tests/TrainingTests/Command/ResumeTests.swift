import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// A run that is killed, however often and whenever, ends with the bytes of one that never was.
  @Suite struct ResumeTests {
    struct Setting: CustomTestStringConvertible {
      let testDescription: String
      let flags: [String]

      init(_ flags: String) {
        testDescription = flags
        self.flags = flags.split(separator: " ").map(String.init)
      }
    }

    static let settings = [
      Setting("--method full --weight-decay 0.01"),
      Setting("--method full --precision bfloat16 --gradient-accumulation 2"),
      Setting("--method sparsegrad --axes both --sharing shared"),
      Setting("--method sparsegrad --precision bfloat16 --preliminary trained"),
      Setting(
        "--method sparsegrad --support periodic --support-interval 5 --support-observation 2"),
      Setting("--method lora --save both"),
      Setting("--method meprop --trainable mlp+head --batch-tokens 40"),
    ]

    private static let run = [
      "--dropout", "0.1", "--max-steps", "20", "--save-every", "1", "--evaluate-every", "7",
    ]

    /// The steps of the log, and those of its evaluations.
    private func logged(_ output: URL) throws -> (steps: [Int], evaluations: [Int]) {
      let lines = try output.jsonLines("log.jsonl")
      func steps(_ isEvaluation: Bool) -> [Int] {
        lines.filter { ($0["validation"] != nil) == isEvaluation }.compactMap { $0["step"] as? Int }
      }
      return (steps(false), steps(true))
    }

    @Test(arguments: settings, 1...3) func survivesBeingKilled(setting: Setting, seed: UInt64)
      throws
    {
      let tiny = try TinyCommand()
      let flags = tiny.finetune(Self.run + setting.flags)
      let clock = ContinuousClock()
      let began = clock.now
      #expect(try Command.run(flags + ["--output", tiny.path("straight")]).status == 0)
      let duration = (clock.now - began) / .seconds(1)
      var random = RandomStream(seed: seed, purpose: .shuffling, index: 0)
      func resume() throws -> Command {
        try Command(
          flags + ["--resume", "--threads", String(Int.random(in: 1...3, using: &random))])
      }
      try killEarly(flags + ["--resume"], tiny.output)
      // Wherever it is then, even if that is at the end.
      for _ in 1...7 {
        let command = try resume()
        Thread.sleep(forTimeInterval: duration * .random(in: 0...0.6, using: &random))
        command.send(SIGKILL)
        let result = try command.wait()
        if let status = result.status {
          #expect(status == 0, "\(result)")
          break
        }
      }
      let result = try resume().wait()
      #expect(result.status == 0, "\(result)")
      let straight = tiny.folder("straight")
      #expect(try tiny.output.data("model.safetensors") == straight.data("model.safetensors"))
      #expect(tiny.output.contents == straight.contents)
      let log = try logged(tiny.output)
      #expect(log.steps == Array(1...20))
      #expect(log.evaluations == [7, 14, 20])
      let (figures, expected) = (try tiny.output.figures(), try straight.figures())
      #expect(figures.metrics == expected.metrics && figures.bestStep == expected.bestStep)
      #expect(figures.trainingLoss == expected.trainingLoss && figures.steps == 20)
    }

    /// Whatever the length of the preliminary phase, killing it only costs its time.
    @Test(arguments: ["frozen", "trained"]) func survivesAKillInThePreliminaryPhase(
      preliminary: String
    ) throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune(
        "--basis-steps", "150", "--preliminary", preliminary, "--dropout", "0.1")
      #expect(try Command.run(flags + ["--output", tiny.path("straight")]).status == 0)
      for step in [1, 50, 120] {
        let command = try Command(
          flags.filter { $0 != "--quiet" } + ["--resume", "--threads", "1", "--json"])
        try command.wait(for: "step \(step) of its preliminary phase") {
          try command.output().components(separatedBy: "\"basis\"").count > step
        }
        command.send(SIGKILL)
        try command.wait()
      }
      #expect(try Command.run(flags + ["--resume", "--threads", "3"]).status == 0)
      #expect(
        try tiny.output.data("model.safetensors")
          == tiny.folder("straight").data("model.safetensors"))
    }

    @Test(arguments: [SIGINT, SIGTERM]) func stopsPolitely(signal: Int32) throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune(
        "--dropout", "0.1", "--max-steps", "800", "--method", "full", "--evaluate-every", "5000")
      let result = try interrupt(flags, tiny.output, signal, after: "a step") {
        (try? tiny.output.data("log.jsonl").contains(UInt8(ascii: "\n"))) == true
      }
      #expect(result.status == 1)
      #expect(result.errors.contains("interrupted after step"))
      #expect(result.errors.contains("of 800") && result.errors.contains("--resume"))
      let checkpoints = tiny.output.contents.filter { $0.hasPrefix("checkpoint-") }
      #expect(checkpoints.count == 1)
      #expect(tiny.output.contents == checkpoints + ["log.jsonl", "tensorboard"])

      #expect(try Command.run(flags + ["--resume", "--threads", "1"]).status == 0)
      #expect(try Command.run(flags + ["--output", tiny.path("straight")]).status == 0)
      #expect(
        try tiny.output.data("model.safetensors")
          == tiny.folder("straight").data("model.safetensors"))
      #expect(try logged(tiny.output).steps == Array(1...800))
    }

    /// Kills a run when it has its first checkpoint.
    private func killEarly(_ flags: [String], _ output: URL) throws {
      let result = try interrupt(flags, output, SIGKILL, after: "a checkpoint") {
        output.contents.contains { $0.hasPrefix("checkpoint-") }
      }
      #expect(result.status == nil)
    }

    /// Sends a signal to a run when it has done something. A run that ends before this process comes to that, on a busy
    /// machine, is begun again.
    private func interrupt(
      _ flags: [String], _ output: URL, _ signal: Int32, after event: String,
      _ condition: () -> Bool
    ) throws -> Command.Result {
      var result: Command.Result
      var attempts = 0
      repeat {
        if attempts > 0 { try FileManager.default.removeItem(at: output) }
        attempts += 1
        let command = try Command(flags)
        // The figures are written last.
        try command.wait(for: event) { condition() || output.contents.contains("metrics.json") }
        command.send(signal)
        result = try command.wait()
      } while result.status == 0 && attempts < 10
      return result
    }

    @Test func refusesOtherSettings() throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune(
        "--save-every", "1", "--max-steps", "5000", "--precision", "float32")
      try killEarly(flags, tiny.output)
      func visible() -> [String] { tiny.output.contents.filter { !$0.hasPrefix(".") } }
      let before = visible()
      for (more, key) in [
        (["--learning-rate", "1e-3"], "learningRate"), (["--seed", "7"], "seed"),
        (["--batch-size", "4"], "batch.sequences"),
        (["--method", "meprop", "--hidden-candidates", "0.5"], "method"),
        (["--density", "0.2"], "method.density.share"), (["--precision", "bfloat16"], "precision"),
        (["--train-file", tiny.path("held.tsv")], "training"),
        (["--validation-file", tiny.path("train.tsv")], "validation"),
        (["--trainable", "mlp"], "scope"), (["--dropout", "0.5"], "dropout"),
      ] {
        let result = try Command.run(flags + ["--resume"] + more)
        #expect(result.status == 1)
        #expect(result.errors.contains("\"\(key)\""), "\(key): \(result.errors)")
        #expect(result.errors.contains(tiny.output.path))
      }
      // Nor is a run begun anew over an unfinished one by accident.
      let again = try Command.run(flags)
      #expect(again.status == 1 && again.errors.contains("--overwrite"))
      #expect(visible() == before)
      let overwritten = try Command.run(flags + ["--overwrite", "--max-steps", "2"])
      #expect(overwritten.status == 0)
      #expect(tiny.output.contents.contains("model.safetensors"))
      #expect(tiny.output.contents.filter { $0.hasPrefix("checkpoint-") } == ["checkpoint-2"])
    }

    /// Also where a setting is a name without a value.
    @Test func refusesOtherTargets() throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune("--method", "lora", "--target-modules", "mlp")
      #expect(try Command.run(flags).status == 0)
      let other = try Command.run(flags + ["--resume", "--target-modules", "all-linear"])
      #expect(other.status == 1 && other.errors.contains("\"method.lora.targetModules\""))
      let names = try Command.run(flags + ["--resume", "--target-modules", "query"])
      #expect(names.status == 1 && names.errors.contains("targetModules"))
    }

    @Test func refusesAnotherBasis() throws {
      let tiny = try TinyCommand()
      func basis(_ name: String, seed: String) throws -> String {
        let arguments = [
          "basis", "--model", tiny.model.url.path, "--train-file", tiny.path("train.tsv"),
          "--output", tiny.path(name), "--basis-steps", "2", "--batch-size", "8", "--quiet",
          "--seed", seed,
        ]
        #expect(try Command.run(arguments).status == 0)
        return tiny.path(name)
      }
      let given = try basis("one.safetensors", seed: "1")
      let other = try basis("two.safetensors", seed: "2")
      let flags = tiny.finetune("--save-every", "1", "--max-steps", "5000")
      try killEarly(flags + ["--basis", given], tiny.output)
      for more in [["--basis", other], []] {
        let result = try Command.run(flags + ["--resume"] + more)
        #expect(result.status == 1 && result.errors.contains("\"basis\""))
      }
    }

    @Test func keepsWhatIsNotItsOwn() throws {
      let tiny = try TinyCommand()
      try tiny.folder.write("output/checkpoint-500/weights", "of another tool")
      #expect(try Command.run(tiny.finetune()).status == 0)
      #expect(tiny.output.contents.contains("checkpoint-500"))

      let again = try Command.run(tiny.finetune())
      #expect(again.status == 1 && again.errors.contains("--overwrite"))

      let inside = tiny.output.appendingPathComponent("checkpoint-500").path
      let result = try Command.run(tiny.finetune("--overwrite") + ["--model", inside])
      #expect(result.status == 1 && result.errors.contains("holds no config.json"))
      #expect(tiny.output.contents.contains("checkpoint-500"))
    }

    @Test func hasNothingToResumeAfterTheEnd() throws {
      let tiny = try TinyCommand()
      #expect(try Command.run(tiny.finetune()).status == 0)
      let before = try tiny.output.data("metrics.json")
      // As if it had been killed while it removed its checkpoints.
      try tiny.folder.write("output/checkpoint-3/training_state.safetensors", "")
      #expect(try Command.run(tiny.finetune("--resume")).status == 0)
      #expect(try tiny.output.data("metrics.json") == before)
      #expect(!tiny.output.contents.contains("checkpoint-3"))
      // What is there is not the result of other settings or data.
      for (flags, key) in [
        (["--learning-rate", "1e-3"], "learningRate"), (["--max-steps", "5"], "maximumSteps"),
        (["--train-file", tiny.path("held.tsv")], "training"),
      ] {
        let result = try Command.run(tiny.finetune(["--resume"] + flags))
        #expect(result.status == 1 && result.errors.contains("\"\(key)\""), "\(result.errors)")
      }
      #expect(try tiny.output.data("metrics.json") == before)
      #expect(try Command.run(tiny.finetune("--resume", "--log-every", "3")).status == 0)
    }

    /// A run that has ended, or not, goes on as a longer one: with a constant rate, to the same bytes as one that was
    /// that long from the beginning.
    @Test(arguments: [
      "--method full", "--method lora --save both", "--method sparsegrad --save adapter",
    ]) func isMadeLonger(method: String) throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune(
        ["--scheduler", "constant", "--dropout", "0.1", "--evaluate-every", "3"]
          + method.split(separator: " ").map(String.init))
      let straight = flags + ["--max-steps", "12", "--output", tiny.path("straight")]
      #expect(try Command.run(straight).status == 0)
      #expect(try Command.run(flags).status == 0)
      let longer = try Command.run(flags + ["--resume", "--max-steps", "12"])
      #expect(longer.status == 0, "\(longer.errors)")
      let names = tiny.output.contents.filter { $0 != "log.jsonl" }
      #expect(names == tiny.folder("straight").contents.filter { $0 != "log.jsonl" })
      let files =
        method.contains("adapter") ? ["adapter/adapter_model.safetensors"] : ["model.safetensors"]
      for file in files {
        #expect(try tiny.output.data(file) == tiny.folder("straight").data(file))
      }
      #expect(try tiny.output.figures().steps == 12)
      #expect(try logged(tiny.output).steps == Array(1...12))
      // It is not made shorter.
      let shorter = try Command.run(flags + ["--resume", "--max-steps", "4"])
      #expect(shorter.status == 1 && shorter.errors.contains("maximumSteps"), "\(shorter.errors)")
    }

    @Test func cannotBeMadeLongerWithoutItsCheckpoint() throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune("--method", "full", "--discard-checkpoints")
      #expect(try Command.run(flags).status == 0)
      #expect(!tiny.output.contents.contains { $0.hasPrefix("checkpoint-") })
      let result = try Command.run(flags + ["--resume", "--max-steps", "12"])
      #expect(result.status == 1 && result.errors.contains("no checkpoint of step 6"))
      #expect(tiny.output.contents.contains("metrics.json"))
    }

    @Test func removesWhatKilledRunsLeft() throws {
      let tiny = try TinyCommand()
      for name in [
        ".partial-999999-checkpoint-7/model.safetensors", ".partial-old-999999-log.jsonl",
      ] {
        try tiny.folder.write("output/" + name, "half")
      }
      // What somebody writes who still runs is not touched.
      let alive = ".partial-\(getpid())-notes"
      try tiny.folder.write("output/" + alive, "being written")
      #expect(try Command.run(tiny.finetune()).status == 0)
      #expect(tiny.output.contents.filter { $0.hasPrefix(".") } == [alive])
    }
  }
}

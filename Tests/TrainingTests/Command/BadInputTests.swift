import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// Every kind of bad input: a message that names what is wrong, exit status 1, and nothing half-written.
  @Suite struct BadInputTests {
    struct Case: CustomTestStringConvertible, Sendable {
      let testDescription: String
      /// What the message must say.
      let message: [String]
      /// Spoils the folder, and returns arguments that come after the usual ones.
      let spoil: @Sendable (TinyCommand) throws -> [String]

      init(
        _ name: String, _ message: String...,
        spoil: @escaping @Sendable (TinyCommand) throws -> [String]
      ) {
        self.init(name, message, spoil: spoil)
      }

      init(
        _ name: String, _ message: [String],
        spoil: @escaping @Sendable (TinyCommand) throws -> [String]
      ) {
        testDescription = name
        self.message = message
        self.spoil = spoil
      }
    }

    @Test(arguments: models + data + configurations) func isExplained(bad: Case) throws {
      let tiny = try TinyCommand()
      let result = try Command.run(tiny.finetune(try bad.spoil(tiny)))
      #expect(result.status == 1)
      for part in bad.message { #expect(result.errors.contains(part), "\(result.errors)") }
      #expect(result.errors.hasPrefix("Error: ") && result.output.isEmpty)
      #expect(!result.errors.contains("Usage:"), "\(result.errors)")
      #expect(tiny.output.contents.isEmpty)
    }

    @Test(arguments: [
      (["--unknown"], "--unknown"), (["--density", "0"], "--density"),
      (["--density", "1.5"], "--density"), (["--epochs", "0"], "--epochs"),
      (["--learning-rate", "-1"], "--learning-rate"),
      (["--learning-rate", "nan"], "--learning-rate"),
      (["--dropout", "1"], "--dropout"), (["--method", "lora", "--lora-rank", "0"], "--lora-rank"),
      (["--method", "lora", "--lora-rank", "70000"], "expected from 1 to 65536"),
      (["--precision", "int8"], "--precision"), (["--metric", "pearson"], "--metric"),
      (["--task", "sst3"], "--task"), (["--threads", "0"], "--threads"),
      (["--max-length", "1"], "--max-length"), (["--evaluate-every", "often"], "--evaluate-every"),
      (["--resume", "--overwrite"], "--resume"), (["--batch-size", "0"], "--batch-size"),
      (["--support", "periodic", "--support-interval", "2"], "--support-interval"),
      (["--zero-threshold", "0", "--precision", "bfloat16"], "--zero-threshold"),
      (["--method", "meprop", "--axes", "both"], "--axes: has no meaning for --method meprop"),
      (["--method", "lora", "--density", "0.1"], "--density: has no meaning for --method lora"),
      (["--method", "full", "--selected", "9"], "--selected: has no meaning for --method full"),
      (["--density", "0.1", "--hidden-candidates", "0.05"], "--density: 0.1 is more than"),
      (
        ["--density", "0.1", "--hidden-candidates", "0.2", "--intermediate-candidates", "0.4"],
        "--density: 0.1 is more than"
      ),
      (["--rslora"], "--rslora: has no meaning for --method sparsegrad"),
      (["--method", "sparsegrad-paper", "--lora-bias", "all"], "--lora-bias"),
      (["--seed", "-1"], "--seed"), (["--config"], "--config"),
    ]) func isAUsageError(flags: [String], name: String) throws {
      let tiny = try TinyCommand()
      let result = try Command.run(tiny.finetune(flags))
      #expect(result.status == 64)
      #expect(result.errors.contains(name) && result.output.isEmpty, "\(result.errors)")
      #expect(tiny.output.contents.isEmpty)
    }

    /// Settings that are known to the method, but mean nothing beside its other settings.
    @Test(
      arguments: [
        (["--method", "sparsegrad-paper", "--support-interval", "50"], "--support-interval"),
        (["--method", "meprop", "--support-observation", "3"], "--support-observation"),
        (["--support", "dynamic", "--support-interval", "50"], "--support-interval"),
        (["--method", "meprop", "--sharing", "shared"], "--sharing"),
        (["--method", "meprop", "--basis-steps", "3"], "--basis-steps"),
        (["--method", "meprop", "--preliminary", "frozen"], "--preliminary"),
        (["--axes", "none", "--hidden-candidates", "1"], "--basis-steps"),
      ] as [([String], String)])
    func isOfNoUse(flags: [String], name: String) throws {
      let tiny = try TinyCommand()
      let result = try Command.run(tiny.finetune(flags))
      let reason =
        name.hasPrefix("--support") ? "for a dynamic support" : "without a basis: no axis"
      #expect(result.status == 64)
      #expect(result.errors.contains("\(name): has no meaning \(reason)"), "\(result.errors)")
      #expect(tiny.output.contents.isEmpty)
    }

    @Test(
      arguments: [
        "--method sparsegrad-paper --support periodic --support-interval 4 --support-observation 2",
        "--method meprop --hidden-candidates 0.5 --sharing per-block --basis-steps 2",
        "--axes none --intermediate-candidates 0.5 --preliminary trained",
      ])
    func isOfUse(flags: String) throws {
      let tiny = try TinyCommand()
      let result = try Command.run(tiny.finetune(flags.split(separator: " ").map(String.init)))
      #expect(result.status == 0, "\(result.errors)")
    }

    @Test(
      arguments: [
        (["--selected", "9"], "--density and --selected exclude each other"),
        (["--batch-size", "4", "--batch-tokens", "50"], "--batch-tokens exclude each other"),
        (["--warmup-ratio", "0.1", "--warmup-steps", "5"], "--warmup-steps exclude each other"),
        (["--basis", "b", "--preliminary", "trained"], "--basis: takes the place of the steps"),
        (["--basis", "b", "--method", "meprop"], "--basis: the method has no basis"),
      ] as [([String], String)])
    func excludesAnother(flags: [String], message: String) throws {
      let tiny = try TinyCommand()
      let result = try Command.run(tiny.finetune(flags))
      #expect(result.status == 64 && result.errors.contains(message), "\(result.errors)")
      #expect(tiny.output.contents.isEmpty)
    }

    @Test func aBasisIsFoundOnFrozenWeights() throws {
      let tiny = try TinyCommand()
      let result = try Command.run([
        "basis", "--model", tiny.model.url.path, "--train-file", tiny.path("train.tsv"),
        "--output", tiny.path("basis.safetensors"), "--preliminary", "trained",
      ])
      #expect(result.status == 64)
      #expect(result.errors.contains("--preliminary: trained is for finetune"), "\(result.errors)")
      #expect(!tiny.folder.url.contents.contains("basis.safetensors"))
    }

    /// What only the model's sizes show is said before a basis is looked for.
    @Test func moreElementsThanCandidates() throws {
      let tiny = try TinyCommand()
      var flags = tiny.finetune("--selected", "200", "--hidden-candidates", "0.0625", "--json")
      flags.removeAll { ["--density", "0.1", "--quiet"].contains($0) }
      let result = try Command.run(flags)
      #expect(result.status == 1)
      #expect(
        result.errors.contains(
          "--selected: 200 is more than the 128 candidates in an MLP weight of 2048 elements"),
        "\(result.errors)")
      #expect(!result.output.contains("\"basis\""))
    }

    @Test(arguments: [
      ["finetune"], ["finetune", "--model", "m", "--output", "o"], ["predict"], ["evaluate"],
      ["tokenize"], ["params"], ["basis"], ["unheard"],
      ["predict", "--model", "m", "a", "--file", "b"], ["tokenize", "--model", "", "a"],
      ["params", "--model", ""],
    ]) func needsItsArguments(arguments: [String]) throws {
      let result = try Command.run(arguments)
      #expect(result.status == 64 && !result.errors.isEmpty)
    }
  }
}

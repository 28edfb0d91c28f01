import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// `--config`: flags from a file, which typed ones override.
  @Suite struct ConfigurationTests {
    private func figures(_ yaml: String, _ typed: String...) throws -> [String: any Sendable] {
      let tiny = try TinyCommand()
      let common = """
        model: \(tiny.model.url.path)
        train-file: \(tiny.path("train.tsv"))
        output: \(tiny.output.path)
        labels: [positive, negative]   # in this order
        quiet: yes
        json: false
        patience: null

        """
      let config = try tiny.folder.write("run.yaml", common + yaml)
      let result = try Command.run(["finetune", "--config", config.path] + typed)
      #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
      let labels = try tiny.output.json("config.json")["id2label"] as? [String: String]
      #expect(labels == ["0": "positive", "1": "negative"])
      return try tiny.output.json("metrics.json")
    }

    /// A flag that has to be there and is missing is an error of one line.
    @Test func missingFlag() throws {
      let tiny = try TinyCommand()
      let config = try tiny.folder.write("run.yaml", "model: \(tiny.model.url.path)\n")
      let result = try Command.run(["finetune", "--config", config.path])
      #expect(result.status != 0)
      #expect(
        result.errors
          == "Error: \(config.path): key \"output\": is missing, and --output is not given either\n"
      )
    }

    private let yaml = """
      method: meprop
      selected: 50
      max_steps: 4
      seed: 7
      no-shuffle: true
      learning-rate: 1e-3
      scheduler: cosine
      """

    @Test func flagsComeFromTheFile() throws {
      let figures = try figures(yaml)
      #expect(figures["method"] as? String == "meprop" && figures["steps"] as? Int == 4)
      #expect(figures["selected_per_mlp_layer"] as? Int == 50 && figures["seed"] as? Int == 7)
    }

    @Test func typedFlagsOverrideThem() throws {
      let figures = try figures(yaml, "--max-steps", "2", "--selected=10", "--seed", "8")
      #expect(figures["steps"] as? Int == 2 && figures["seed"] as? Int == 8)
      #expect(figures["selected_per_mlp_layer"] as? Int == 10)
    }

    @Test func typedFlagsOverrideTheirAlternatives() throws {
      let figures = try figures(yaml, "--density", "0.01")
      #expect(figures["selected_per_mlp_layer"] as? Int == 20)
    }

    @Test func alternativesInOneFileExcludeEachOther() throws {
      let tiny = try TinyCommand()
      let config = try tiny.folder.write("run.yaml", "density: 0.1\nselected: 9\n")
      let result = try Command.run([
        "finetune", "--model", tiny.model.url.path, "--train-file", tiny.path("train.tsv"),
        "--output", tiny.output.path, "--config", config.path,
      ])
      #expect(result.status == 1)
      #expect(
        result.errors.contains(
          "run.yaml: key \"selected\": --density and --selected exclude each other"),
        "\(result.errors)")
    }

    @Test func laterFlagsOverrideEarlierOnes() throws {
      let figures = try figures(yaml, "--max-steps", "3", "--max-steps", "2")
      #expect(figures["steps"] as? Int == 2)
    }
  }
}

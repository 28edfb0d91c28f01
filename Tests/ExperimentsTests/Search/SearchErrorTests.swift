import Foundation
import SparseGrad
import TestSupport
import Testing

extension SearchRuns {
  /// What cannot be searched: a message that names it, before anything is run.
  @Suite struct SearchErrorTests {
    @Test(arguments: [
      (["--trials", "0"], 64, "--trials"), (["--workers", "0"], 64, "--workers"),
      (["--study", ""], 64, "--study"), (["--unheard", "1"], 64, "--unheard"),
      (["--learning-rate", "-1"], 64, "--learning-rate"), (["--resume"], 64, "--resume"),
      (["--set", "unheard=[1]"], 1, "key \"unheard\""), (["--set", "axes"], 1, "flag=values"),
      (["--set", "output=[a, b]"], 1, "key \"output\""),
      (["--set", "metric=[f1, loss]"], 1, "key \"metric\""),
      (["--set", "axes=both"], 1, "key \"axes\": expected a list"),
      (["--set", "axes=[both]"], 1, "key \"axes\": --axes: has no meaning for --method full"),
      (
        ["--method", "sparsegrad", "--set", "axes=[both, none, neither]"], 1,
        "key \"axes\": The value 'neither' is invalid"
      ),
      (["--set", "epochs=[0, 1]"], 1, "key \"epochs\": --epochs: expected from 1"),
      (["--set", "epochs={low: 1, high: 2.5}"], 1, "key \"epochs\""),
      (["--set", "weight-decay={low: 0.3, high: 0.1}"], 1, "low below high"),
      (["--set", "weight-decay={low: 0.1, hihg: 0.3}"], 1, "\"hihg\" is not known"),
      (["--set", "weight-decay={low: 0.1, high: 0.3, log: 1}"], 1, "true or false"),
      (["--set", "weight-decay={low: 0.1, high: 0.3, log: true, step: 0.1}"], 1, "exclude"),
      (["--set", "epochs={low: 1, high: 3, step: 0.5}"], 1, "step"),
      (["--set", "seed=[1]", "--set", "seed=[2]"], 1, "--set: key \"seed\": is there twice"),
      (["--set", "no-shuffle=[1, 2]"], 1, "[true, false]"),
      (["--set", "dropout=[0.0, 0.1]"], 1, "is fixed on the command line"),
      (["--set", "batch-tokens=[64, 128]"], 1, "is fixed on the command line"),
      (["--model", "/nowhere"], 1, "/nowhere"), (["--train-file", "/nowhere"], 1, "/nowhere"),
      (["--space", "/nowhere.yaml"], 1, "/nowhere.yaml: cannot be read"),
      (["--storage", "sqlite:////nowhere/x.db"], 1, "sqlite:////nowhere/x.db: unable to open"),
      (
        ["--storage", "postgresql://me:secret@localhost:1/x"], 1, "me:***@localhost:1/x: connection"
      ),
    ]) func isExplained(flags: [String], status: Int, message: String) throws {
      let search = try TinySearch()
      let result = try Command.run(search.arguments() + flags)
      #expect(result.status.map(Int.init) == status, "\(result.errors)")
      #expect(
        result.errors.hasPrefix("Error: ") && result.errors.contains(message), "\(result.errors)")
      #expect(result.output.isEmpty && !result.errors.contains("secret"))
      #expect(search.tiny.output.contents.isEmpty)
    }

    @Test func spaceFilesAreRead() throws {
      let search = try TinySearch()
      func run(_ yaml: String) throws -> Command.Result {
        let file = try search.tiny.folder.write("space.yaml", yaml)
        return try Command.run(
          search.arguments("--max-steps", "2", "--trials", "1", "--space", file.path, "--json"))
      }
      #expect(try run("learning-rate: [").errors.contains("space.yaml: line 2: is not YAML"))
      #expect(try run("learning-rate: 1").errors.contains("space.yaml: key \"learning-rate\""))
      #expect(try run("{}").errors.contains("space.yaml: expected a flag to search"))
      let result = try run("seed: {low: 3, high: 5}\nno_shuffle: [true]\nlearning-rate: [1e-3]\n")
      #expect(result.status == 0, "\(result.errors)")
      let best = try jsonObject(Data(try #require(result.lines.last).utf8))
      let parameters = try #require(best["parameters"] as? [String: String])
      #expect(["3", "4", "5"].contains(parameters["seed"]))
      #expect(parameters["no-shuffle"] == "true" && parameters["learning-rate"] == "1e-3")
      let command = try #require(best["command"] as? [String])
      #expect(command.contains("--no-shuffle") && command.contains("--learning-rate=1e-3"))
    }

    /// Trials that all fail end the search; their error is what it says.
    @Test func aSearchWithoutSuccessEnds() throws {
      let search = try TinySearch()
      let result = try Command.run(
        search.arguments("--max-steps", "9", "--trials", "2", "--set", "learning-rate=[1e30, 1e31]")
      )
      #expect(result.status == 1)
      #expect(result.errors.contains("failed, as too many did here (2)"), "\(result.errors)")
      #expect(result.errors.contains("a lower --learning-rate may help"), "\(result.errors)")
      #expect(try search.states() == ["FAIL", "FAIL"])
    }

    /// What is wrong with model or data would fail every trial.
    @Test(arguments: ["model/model.safetensors", "train.tsv"])
    func badFilesAreSeenBeforeTheFirstTrial(file: String) throws {
      let search = try TinySearch()
      try search.tiny.folder.write(file, "nonsense")
      let result = try Command.run(search.arguments("--max-steps", "2", "--trials", "2"))
      #expect(result.status == 1 && result.errors.contains(file), "\(result.errors)")
      #expect(search.tiny.output.contents.isEmpty)
    }
  }
}

import Foundation
import SparseGrad

extension TrainingRuns.BadInputTests {
  private static func configuration(_ name: String, _ yaml: String, _ message: String...) -> Case {
    Case(name, message + ["run.yaml"]) {
      ["--config", try $0.folder.write("run.yaml", yaml).path]
    }
  }

  static let configurations = [
    Case("no configuration", "nowhere.yaml: cannot be read") {
      ["--config", $0.path("nowhere.yaml")]
    },
    configuration("unknown key", "learning-speed: 3\n", "key \"learning-speed\"", "finetune"),
    configuration("broken YAML", "epochs: [1, 2\n", "is not YAML"),
    configuration("a list", "- epochs\n", "expected a mapping"),
    configuration("word for a number", "weight-decay: fast\n", "key \"weight-decay\"", "fast"),
    configuration("number for a flag", "no-shuffle: 3\n", "key \"no-shuffle\"", "true or false"),
    configuration("mapping for a value", "weight-decay: {a: 1}\n", "key \"weight-decay\""),
    configuration(
      "setting of another method", "method: meprop\naxes: both\n", "key \"axes\"",
      "has no meaning for --method meprop"),
    configuration(
      "value out of range", "weight-decay: -1\n", "key \"weight-decay\"", "0 or more"),
  ]
}

import Foundation
import SparseGrad

/// A folder with all that a run of the command needs, and the arguments of such a run.
package struct TinyCommand {
  package let folder: TemporaryFolder
  package let model: TinyModel

  package init(_ fixture: TinyModel.Fixture = .classification) throws {
    folder = try TemporaryFolder()
    model = try TinyModel(fixture, in: folder)
    try folder.write("train.tsv", TinyData.table(48))
    try folder.write("held.tsv", TinyData.table(24, seed: 2))
  }

  package var output: URL { folder("output") }

  package func path(_ name: String) -> String { folder(name).path }

  /// `sparsegrad finetune` on the files of the folder, quietly, six steps; `more` may say otherwise.
  package func finetune(_ more: String...) -> [String] { finetune(more) }

  package func finetune(_ more: [String]) -> [String] {
    let method = more.firstIndex(of: "--method").map { more[$0 + 1] }
    let isSelective = method != "full" && method != "lora"
    let hasBasis = isSelective && method != "meprop"
    return [
      "finetune", "--model", model.url.path, "--train-file", path("train.tsv"),
      "--validation-file", path("held.tsv"), "--output", output.path, "--quiet", "--max-steps", "6",
      "--learning-rate", "3e-3", "--log-every", "1", "--threads", "2",
    ] + (more.contains("--batch-tokens") ? [] : ["--batch-size", "8"])
      + (hasBasis ? ["--basis-steps", "3"] : []) + (isSelective ? ["--density", "0.1"] : []) + more
  }
}

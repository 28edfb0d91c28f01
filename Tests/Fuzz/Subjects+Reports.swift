import Foundation
import SparseGrad
import TestSupport

extension Subject {
  /// What `report` reads: a run, a comparison, a search, a benchmark.
  static func reports(_ bert: Files, in folder: URL) throws -> Subject {
    let made = folder("reported")
    if !FileManager.default.fileExists(atPath: made.path) {
      let model = made("model")
      try bert.write(to: model)
      try run(model, output: made("run"))
      try comparison(model, in: made)
    }
    let names = [
      "metrics.json", "log.jsonl", "mistakes.jsonl", "training_state.json",
    ]
    let ended = try Files(below: made("run")).filter { names.contains($0.key) }
    var files = ended.inFolder("run").merging(ended.inFolder("search/trial-0")) { $1 }
    files["search/study.json"] = Data(#"{"study": "tiny"}"#.utf8)
    files["search/trial-0/trial.json"] = Data(
      #"{"number": 0, "parameters": {"learning-rate": "0.001", "method": "lora"}}"#.utf8)
    files["comparison/results.json"] = try made("comparison").data("results.json")
    files["bench.json"] = Data(
      """
      [{"command": ["sparsegrad", "bench"], "method": "full", "precision": "float32", "settings": {"model": "tiny"}, "repeats": 2,
      "steps": 3, "batch_size": 4, "steps_per_second": 9.5, "tokens_per_second": 120, "tokens_per_second_min": 100,
      "tokens_per_second_max": 130.5, "flop_fraction": 0.4, "peak_memory": {"total": 1000, "weights": 600},
      "peak_process_memory": 90000, "preliminary_seconds": null, "trainable_parameters": 77}]
      """.utf8)
    return Subject(name: "reports", files: files, spoilt: files.keys.sorted()) { folder in
      var first: (any Error)?
      for name in ["run", "search", "comparison", "bench.json"] {
        do {
          try Report([folder(name)]).write(to: folder("page.html"))
        } catch { first = first ?? error }
      }
      if let first { throw first }
    }
  }

  private static func run(_ model: URL, output: URL) throws {
    var job = FineTuning(model: model, training: try TinyData.dataset(16), output: output)
    job.validation = try TinyData.dataset(8, seed: 3)
    job.settings.method = .full
    job.settings.batch = .sequences(4)
    job.settings.maximumSteps = 4
    job.settings.logInterval = 1
    (job.threads, job.command) = (1, ["sparsegrad", "finetune", "--model", "<model>"])
    _ = try job.run()
    try withoutTimes(output)
  }

  private static func comparison(_ model: URL, in folder: URL) throws {
    let rows = TinyData.sentences(8).map { "gj04\t\($0.label == "positive" ? 1 : 0)\t\t\($0.text)" }
    for name in ["train.tsv", "dev.tsv"] {
      try AtomicOutput.write(
        Data(rows.joined(separator: "\n").utf8), to: folder("data/CoLA")(name))
    }
    let output = folder("comparison")
    let result = try Command.run([
      "glue", "--models", model.path, "--data", folder("data").path, "--tasks", "cola",
      "--methods", "full,lora", "--seeds", "1,2", "--epochs", "1", "--output", output.path,
      "--quiet",
    ])
    guard result.status == 0 else { throw Trouble("glue: \(result.errors)") }
    try withoutTimes(output)
  }

  /// The same bytes each time, though no two runs take the same time.
  static func withoutTimes(_ output: URL) throws {
    for name in try FileManager.default.subpathsOfDirectory(atPath: output.path)
    where name.hasSuffix(".json") || name.hasSuffix(".jsonl") {
      let text = try String(contentsOf: output(name), encoding: .utf8)
      try text.replacing(
        /("(\w*[sS]econds?|peak_?[pP]rocess_?[mM]emory)" ?: ?)[-+0-9.eE]+/
      ) { "\($0.1)25" }
      .write(to: output(name), atomically: true, encoding: .utf8)
    }
  }
}

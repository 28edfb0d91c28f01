import Foundation
import SparseGrad
import TestSupport
import Testing

/// One output folder in several calls: killed, stopped, side by side, with other settings.
extension GLUECommandTests {
  /// Killed when some runs have ended and another has a checkpoint, the comparison ends with the scores of one that
  /// never was, and repeats no finished run.
  @Test(arguments: [0, 1, 3]) func survivesBeingKilled(ended: Int) throws {
    let tiny = try TinyGLUE([.cola, .rte])
    let flags = tiny.glue(
      "--methods", "full,lora,sparsegrad", "--seeds", "1", "--tasks", "CoLA,RTE",
      "--max-steps", "12", "--save-every", "3", "--dropout", "0.1")
    #expect(try Command.run(flags + ["--output", tiny.path("straight")]).status == 0)
    let command = try Command(flags)
    func isUnderWay() throws -> Bool {
      let paths = FileManager.default.subpaths(atPath: tiny.output.path) ?? []
      return try tiny.records().count >= ended && paths.contains { $0.contains("/checkpoint-") }
    }
    try command.wait(for: "\(ended) ended runs and a checkpoint", until: isUnderWay)
    command.send(SIGKILL)
    #expect(try command.wait().status == nil)
    let before = try tiny.records()
    #expect(try Command.run(flags).status == 0)
    let after = try tiny.records()
    #expect(after.count == 6)
    // Whole records, with their times: none was run again.
    for (path, record) in before { #expect(after[path] == record) }
    let straight = try tiny.records(below: "straight")
    #expect(after.mapValues { $0.figures?.metrics } == straight.mapValues { $0.figures?.metrics })
    #expect(
      after.mapValues { $0.figures?.trainingLoss }
        == straight.mapValues { $0.figures?.trainingLoss })
    #expect(try tiny.output.data("results.csv") == tiny.folder("straight").data("results.csv"))
  }

  @Test func stopsPolitely() throws {
    let tiny = try TinyGLUE([.rte])
    let flags = tiny.glue(
      "--methods", "full", "--seeds", "1,2", "--tasks", "RTE", "--max-steps", "100000")
    let command = try Command(flags)
    let cell = tiny.output.appendingPathComponent("tiny/RTE/full/lr-0.003/seed-1")
    try command.wait(for: "a log") { cell.contents.contains("log.jsonl") }
    command.send(SIGTERM)
    let result = try command.wait()
    #expect(result.status == 1)
    #expect(result.errors.contains("interrupted in tiny RTE full, rate 0.003, seed 1"))
    #expect(try tiny.records().isEmpty)
  }

  /// Two processes share the runs: each is run once, and both end with all tables.
  @Test func processesShareAnOutputFolder() throws {
    let tiny = try TinyGLUE([.mnli, .rte])
    let flags = tiny.glue(
      "--methods", "full,lora", "--seeds", "1,2", "--tasks", "MNLI,RTE", "--max-steps", "40",
      "--learning-rates", "1e-3,3e-3", "--tuning-seed", "1")
    let audible = flags.filter { $0 != "--quiet" }
    for command in [try Command(audible), try Command(audible)] {
      let result = try command.wait()
      #expect(result.status == 0 && result.errors.contains("\nrun "), "\(result.errors)")
    }
    #expect(try Command.run(flags + ["--output", tiny.path("alone")]).status == 0)
    let records = try tiny.records()
    #expect(records.count == 12)
    for path in records.keys {
      let (cell, alone) = (tiny.output.appendingPathComponent(path), tiny.folder("alone/" + path))
      #expect(
        cell.contents == [
          "cell.json", "log.jsonl", "metrics.json", "mistakes.jsonl", "tensorboard",
        ])
      #expect(try cell.jsonLines("log.jsonl").count == alone.jsonLines("log.jsonl").count)
    }
    #expect(try tiny.output.data("results.csv") == tiny.folder("alone").data("results.csv"))
  }

  /// What one call was to keep, another does not remove.
  @Test func keepsModelsThatWereToStay() throws {
    let tiny = try TinyGLUE([.rte])
    func models() -> Int {
      (FileManager.default.subpaths(atPath: tiny.output.path) ?? [])
        .count { $0.hasSuffix("/model.safetensors") }
    }
    let flags = tiny.glue("--methods", "full", "--tasks", "RTE")
    #expect(try Command.run(flags + ["--seeds", "1,2", "--save-models", "all"]).status == 0)
    #expect(models() == 2)
    for (seeds, retention, count) in [("1,2,3", "none", 2), ("1,2,3,5", "none", 2)] {
      let more = ["--seeds", seeds, "--save-models", retention]
      #expect(try Command.run(flags + more).status == 0)
      #expect(models() == count)
    }
    // Nor what it did not write.
    let cell = tiny.output.appendingPathComponent("tiny/RTE/full/lr-0.003/seed-4")
    try tiny.folder.write("output/tiny/RTE/full/lr-0.003/seed-4/notes.txt", "mine")
    #expect(try Command.run(flags + ["--seeds", "4"]).status == 0)
    #expect(
      cell.contents == [
        "cell.json", "log.jsonl", "metrics.json", "mistakes.jsonl", "notes.txt", "tensorboard",
      ])
  }

  /// A run that ended without a record is recorded only as what it was.
  @Test func doesNotRecordFiguresOfOtherSettings() throws {
    let tiny = try TinyGLUE([.rte])
    let flags = tiny.glue(
      "--methods", "full", "--seeds", "1", "--tasks", "RTE", "--save-models", "all")
    #expect(try Command.run(flags).status == 0)
    let cell = tiny.output.appendingPathComponent("tiny/RTE/full/lr-0.003/seed-1")
    let record = try cell.data("cell.json")
    // As if it had been killed before the record was written.
    try FileManager.default.removeItem(at: cell.appendingPathComponent("cell.json"))
    let other = try Command.run(flags + ["--epochs", "7"])
    #expect(other.status == 1 && other.errors.contains("\"epochs\""), "\(other.errors)")
    #expect(try Command.run(flags).status == 0)
    let again = try JSONDecoder().decode(GLUECellRecord.self, from: cell.data("cell.json"))
    let before = try JSONDecoder().decode(GLUECellRecord.self, from: record)
    #expect(again.figures == before.figures && again.setup == before.setup)
  }

  @Test func tablesOnlyRunsNothing() throws {
    let tiny = try TinyGLUE([.rte])
    let result = try Command.run(tiny.glue("--tasks", "RTE", "--tables-only"))
    #expect(result.status == 1 && result.errors.contains("output: holds no run"))
    #expect(tiny.output.contents.isEmpty)
  }

  @Test func refusesOtherSettingsInTheSameFolder() throws {
    let tiny = try TinyGLUE([.rte])
    let flags = tiny.glue("--methods", "full", "--seeds", "1", "--tasks", "RTE")
    #expect(try Command.run(flags).status == 0)
    for (more, difference) in [
      (["--epochs", "7"], "\"epochs\": was run with 20, not 7"),
      (["--trainable", "mlp"], "\"scope\": was run with \"mlp+rest\", not \"mlp\""),
      (["--max-train-samples", "9"], "\"training_examples\": was run with 32, not 9"),
      (["--weight-decay", "0.1"], "\"weightDecay\": was run with 0, not 0.1"),
      (["--precision", "bfloat16"], "\"precision\": was run with \"float32\", not \"bfloat16\""),
    ] {
      let result = try Command.run(flags + more)
      #expect(result.status == 1)
      #expect(result.errors.contains(difference), "\(result.errors)")
      #expect(result.errors.contains("seed-1/cell.json"))
      // Nor are tables made of what cannot be compared; only the data is not needed for them.
      let tables = try Command.run(flags + more + ["--tables-only", "--data", "/nowhere"])
      let needsData = difference.contains("training_examples")
      #expect(tables.status == (needsData ? 0 : 1))
      #expect(needsData || tables.errors.contains(difference))
    }
    // As many rows, but others.
    let file = tiny.path("glue/RTE/train.tsv")
    let rows = try String(contentsOfFile: file, encoding: .utf8)
    try tiny.folder.write("glue/RTE/train.tsv", rows.replacing("the film", with: "the book"))
    let changed = try Command.run(flags)
    #expect(changed.status == 1)
    #expect(changed.errors.contains("\"training_fingerprint\": was run with"), "\(changed.errors)")
    try tiny.folder.write("glue/RTE/train.tsv", rows)
    let twice = try Command.run(flags + ["--tables-only", "--seeds", "1,1"])
    #expect(twice.status == 1 && twice.errors.contains("--seeds: 1 is there twice"))
    #expect(try Command.run(flags + ["--save-every", "2"]).status == 0)
  }
}

import Foundation
import SparseGrad
import TestSupport
import Testing

/// `sparsegrad glue` on a tiny model.
@Suite(.serialized) struct GLUECommandTests {
  @Test func runsEveryTaskAndWritesSubmissions() throws {
    let tiny = try TinyGLUE(GLUETask.allCases)
    let result = try Command.run(
      tiny.glue("--methods", "full", "--seeds", "1", "--submission", tiny.path("submission")))
    #expect(
      result.status == 0 && result.errors.isEmpty && result.output.isEmpty, "\(result.errors)")
    let records = try tiny.records()
    #expect(records.count == 9)
    #expect(records.values.allSatisfy { $0.score != nil && $0.setup.trainingExamples == 32 })
    // Only the records stay.
    let cell = try #require(records.keys.first)
    #expect(
      tiny.output.appendingPathComponent(cell).contents == [
        "cell.json", "log.jsonl", "metrics.json",
      ])
    let submission = tiny.folder("submission/tiny/full")
    #expect(
      submission.contents == [
        "CoLA.tsv", "MNLI-m.tsv", "MNLI-mm.tsv", "MRPC.tsv", "QNLI.tsv", "QQP.tsv", "RTE.tsv",
        "SST-2.tsv", "STS-B.tsv", "WNLI.tsv",
      ])
    for name in submission.contents {
      let lines = try String(decoding: submission.data(name), as: UTF8.self)
        .split(separator: "\n").map { $0.split(separator: "\t") }
      #expect(lines[0] == ["index", "prediction"])
      #expect(lines.dropFirst().map { $0[0] } == ["0", "1", "2", "3", "4", "5"])
    }
    let tables = String(decoding: try tiny.output.data("results.md"), as: UTF8.self)
    #expect(tables.contains("| MNLI "), "\(tables)")
    #expect(tables.contains("| MNLI-mm "))
    let report = try tiny.output.json("results.json")
    #expect(report["rows"] != nil)
    // Once more there is nothing to do, and nothing that could predict is needed.
    let again = try Command.run(
      tiny.glue("--methods", "full", "--seeds", "1", "--submission", tiny.path("submission")))
    #expect(again.status == 0)
    #expect(try tiny.records() == records)
    let elsewhere = try Command.run(
      tiny.glue("--methods", "full", "--seeds", "1", "--submission", tiny.path("other")))
    #expect(elsewhere.status == 1 && elsewhere.errors.contains("its model is gone"))
  }

  @Test func predictWritesTheSameFile() throws {
    let tiny = try TinyGLUE([.rte])
    let run = tiny.glue(
      "--methods", "lora", "--seeds", "1,2", "--tasks", "RTE", "--save-models", "best",
      "--submission", tiny.path("submission"))
    #expect(try Command.run(run).status == 0)
    let paths = FileManager.default.subpaths(atPath: tiny.output.path) ?? []
    let models = paths.filter { $0.hasSuffix("/model.safetensors") }
    #expect(models.count == 1)
    let model = tiny.output.appendingPathComponent(models[0]).deletingLastPathComponent()
    let predict = [
      "predict", "--model", model.path, "--glue-test", tiny.path("glue"), "--task", "rte",
      "--max-length", "128",
    ]
    let result = try Command.run(predict + ["--submission", tiny.path("mine")])
    #expect(result.status == 0 && result.lines == [tiny.path("mine/RTE.tsv")], "\(result.errors)")
    #expect(
      try tiny.folder("mine").data("RTE.tsv")
        == tiny.folder("submission/tiny/lora-density=0.1").data("RTE.tsv"))
    let lines = try Command.run(predict + ["--submission", tiny.path("mine"), "--json"]).lines
    #expect(lines == ["{\"file\":\"\(tiny.path("mine/RTE.tsv"))\"}"])
    let text = try Command.run(predict + ["--submission", tiny.path("mine"), "a text"])
    #expect(text.status == 64 && text.errors.contains("--glue-test: expected without texts"))
    let alone = try Command.run(predict)
    #expect(alone.status == 64 && alone.errors.contains("go together"))
    let other = try Command.run(
      predict + ["--submission", tiny.path("mine"), "--task", "stsb"])
    #expect(other.status == 1 && other.errors.contains("not one for STS-B"))
  }

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
    try wait(until: isUnderWay)
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

  /// Waits two minutes at most.
  private func wait(until condition: () throws -> Bool) throws {
    for _ in 0..<24_000 {
      if try condition() { return }
      Thread.sleep(forTimeInterval: 0.005)
    }
    Issue.record("what was waited for has not come")
  }

  @Test func stopsPolitely() throws {
    let tiny = try TinyGLUE([.rte])
    let flags = tiny.glue(
      "--methods", "full", "--seeds", "1,2", "--tasks", "RTE", "--max-steps", "100000")
    let command = try Command(flags)
    let cell = tiny.output.appendingPathComponent("tiny/RTE/full/lr-0.003/seed-1")
    try wait { cell.contents.contains("log.jsonl") }
    command.send(SIGTERM)
    let result = try command.wait()
    #expect(result.status == 1)
    #expect(result.errors.contains("interrupted in tiny RTE full, rate 0.003, seed 1"))
    #expect(try tiny.records().isEmpty)
  }

  @Test func recordsDivergedRunsAndGoesOn() throws {
    let tiny = try TinyGLUE([.rte])
    let flags = tiny.glue(
      "--methods", "full:learning-rate=1e30,lora,meprop", "--seeds", "1", "--tasks", "RTE")
    let result = try Command.run(flags)
    #expect(result.status == 1 && result.errors.contains("1 run diverged"), "\(result.errors)")
    let records = try tiny.records()
    #expect(records.count == 3 && records.values.count { $0.figures == nil } == 1)
    let cell = tiny.output.appendingPathComponent(
      "tiny/RTE/full-learning-rate=1e30/lr-1e+30/seed-1")
    #expect(cell.contents == ["cell.json", "log.jsonl"])
    let tables = String(decoding: try tiny.output.data("results.md"), as: UTF8.self)
    #expect(tables.contains("| diverged |"))
    #expect(try Command.run(flags).status == 1)
    #expect(try tiny.records() == records)
  }

  @Test func choosesLearningRatesWithOneSeed() throws {
    let tiny = try TinyGLUE([.rte])
    let flags = tiny.glue(
      "--methods", "full,sparsegrad", "--seeds", "1,2", "--tasks", "RTE", "--max-steps", "30",
      "--learning-rates", "full=1e-9,3e-3,sparsegrad=3e-3,1e-9", "--tuning-seed", "1")
    #expect(try Command.run(flags).status == 0)
    // Two rates with the tuning seed, and the better one with the other seed.
    let paths = try tiny.records().keys.sorted()
    for method in ["full", "sparsegrad-density=0.1"] {
      #expect(
        paths.filter { $0.contains("/\(method)/") } == [
          "tiny/RTE/\(method)/lr-0.003/seed-1", "tiny/RTE/\(method)/lr-0.003/seed-2",
          "tiny/RTE/\(method)/lr-1e-09/seed-1",
        ])
    }
    let tables = String(decoding: try tiny.output.data("results.md"), as: UTF8.self)
    #expect(tables.contains("### Learning rates, tried with one seed"))
    let unequal = try Command.run(
      tiny.glue(
        "--methods", "full,lora", "--tasks", "RTE", "--learning-rates", "full=1e-3,lora=1e-3,2e-3"))
    #expect(unequal.status == 1 && unequal.errors.contains("as many for every method"))
  }

  /// Rates belong to the method that `--methods` names, whatever it is a variant of.
  @Test func variantsHaveRatesOfTheirOwn() throws {
    let tiny = try TinyGLUE([.rte])
    let result = try Command.run(
      tiny.glue(
        "--methods", "sparsegrad-paper:basis-steps=2,sparsegrad:basis-steps=2", "--seeds", "1",
        "--tasks", "RTE", "--learning-rates", "sparsegrad-paper=1e-3,sparsegrad=2e-3"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try tiny.records().keys.sorted() == [
        "tiny/RTE/sparsegrad-basis-steps=2-density=0.1/lr-0.002/seed-1",
        "tiny/RTE/sparsegrad-paper-basis-steps=2-density=0.1/lr-0.001/seed-1",
      ])
  }

  @Test func comparesDensitiesAndVariants() throws {
    let tiny = try TinyGLUE([.rte])
    try tiny.folder.write(
      "grid.yaml",
      """
      methods: [full, lora, "lora:density=0.2,rslora=true", "sparsegrad:axes=model,sharing=per-block,basis-steps=2"]
      density: [0.1, 0.5]
      seeds: 1
      tasks: [RTE]
      """)
    let result = try Command.run(
      ["glue"] + tiny.glue().dropFirst().filter { !["--density", "0.1", "--quiet"].contains($0) }
        + ["--config", tiny.path("grid.yaml")])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("tiny: 4 MLP weights of 64 x 32 = 2048 elements"))
    #expect(
      result.errors.contains("rank 2 x (64 + 32), the rank nearest to 0.1 x 2048 / (64 + 32)"))
    #expect(result.errors.contains("run 6 of 6: "))
    let records = try tiny.records()
    // Regular fine-tuning has no density, so it is run once.
    #expect(records.count == 6)
    let trained = records.values.compactMap { $0.figures?.selectedPerMLPLayer }.sorted()
    #expect(trained == [2 * 96, 205, 4 * 96, 1024, 11 * 96, 2048].sorted())
    #expect(result.output.contains("### tiny, lora: scores by density"))
    #expect(result.output.contains("### Scores"))
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
      #expect(cell.contents == ["cell.json", "log.jsonl", "metrics.json"])
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
    #expect(cell.contents == ["cell.json", "log.jsonl", "metrics.json", "notes.txt"])
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

  /// Every line says which run it is about.
  @Test func eventsAreObjectsOfJSON() throws {
    let tiny = try TinyGLUE([.rte])
    let flags = tiny.glue("--methods", "full", "--seeds", "1,2", "--tasks", "RTE")
    let result = try Command.run(flags.filter { $0 != "--quiet" } + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    let lines = try result.lines.map { try jsonObject(Data($0.utf8)) }
    let cells = lines.dropLast().map { $0["cell"] as? String }
    for seed in 1...2 {
      let cell = "tiny/RTE/full/lr-0.003/seed-\(seed)"
      let events = zip(cells, lines).filter { $0.0 == cell }.compactMap { $0.1["event"] as? String }
      #expect(events.first == "cell_started" && events.last == "cell_ended")
      #expect(Set(events).isSuperset(of: ["started", "step", "evaluated"]))
    }
    let ended = try #require(lines.dropLast().last?["record"] as? [String: Any])
    #expect((ended["setup"] as? [String: Any])?["task"] as? String == "rte")
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

  @Test(
    arguments: [
      (["--tasks", "RTE,squad"], 64, "--tasks: \"squad\" is not known"),
      (["--tasks", "RTE,rte"], 1, "--tasks: RTE is there twice"),
      (["--methods", "full,dora"], 64, "\"dora\": "),
      (["--methods", "full,,lora"], 64, "--methods: expected a method"),
      (["--methods", "sparsegrad:axes=both,axes=none"], 64, "axes is there twice"),
      (["--methods", "sparsegrad:axes=diagonal"], 64, "\"sparsegrad:axes=diagonal\": "),
      (["--methods", "sparsegrad:axis=model"], 64, "--axis"),
      (["--methods", "lora:lora-rank=0"], 64, "--lora-rank: 0 is out of range"),
      (["--methods", "lora:lora-alpha=4"], 64, "lora-alpha needs lora-rank"),
      (["--methods", "meprop:axes=model"], 64, "--axes: means nothing to --method meprop"),
      (["--methods", "lora:axes=both"], 64, "--axes: means nothing to --method lora"),
      (["--methods", "full:density=0.1"], 64, "--density: means nothing to --method full"),
      (["--methods", "sparsegrad:lora-rank=2"], 64, "\"sparsegrad:lora-rank=2\": --lora-rank"),
      (["--methods", "sparsegrad:method=lora"], 64, "expected settings like axes=model"),
      (["--methods", "lora:density=2"], 64, "density: expected a positive number, at most 1"),
      (["--methods", "lora:density=0.1,lora-rank=2"], 64, "exclude each other"),
      (["--density", "0"], 64, "--density: 0.0 is out of range"),
      (["--density", "1.01"], 64, "--density: 1.01 is out of range"),
      (["--seeds", "1,1"], 1, "--seeds: 1 is there twice"),
      (["--seeds", "one"], 64, "--seeds"),
      (["--learning-rates", "1e-3,,2e-3"], 64, "\"\": expected a positive number"),
      (["--learning-rates", "adam=1e-3"], 64, "\"adam\" is no method"),
      (["--learning-rates", "1e-3,0"], 64, "\"0\": expected a positive number"),
      (["--learning-rates", "1e-3,1e-3"], 1, "--learning-rates: 0.001 is there twice"),
      (
        ["--learning-rates", "1e-3,sparsegrad-paper=2e-3"], 1,
        "--learning-rates: sparsegrad-paper has rates, but none of --methods takes them"
      ),
      (
        ["--methods", "full", "--learning-rates", "1e-3,full=2e-3"], 1,
        "--learning-rates: 0.001 is for all methods"
      ),
      (["--models", "/nowhere"], 1, "/nowhere: no such folder"),
      (["--data", "/nowhere"], 1, "/nowhere: no such folder"),
      (["--epochs", "0"], 64, "--epochs: expected from 1"),
      (["--submission", "s", "--tasks", "WNLI"], 1, "WNLI"),
    ] as [([String], Int, String)])
  func saysWhatIsWrong(flags: [String], status: Int, message: String) throws {
    let tiny = try TinyGLUE([.rte])
    let result = try Command.run(tiny.glue("--tasks", "RTE") + flags)
    #expect(result.status == Int32(status))
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(tiny.output.contents.isEmpty)
  }

  @Test(
    arguments: [
      ("index\tsentence1\tlabel\n0\ta\tentailment\n", "line 1: expected the header of RTE"),
      (
        "index\tsentence1\tsentence2\tlabel\n0\ta\tentailment\n",
        "line 2: expected 4 fields as there are columns, found 3"
      ),
      (
        "index\tsentence1\tsentence2\tlabel\n0\ta\t\"b\nc\"\tentailment\n",
        "line 2: expected 4 fields as there are columns, found 3; quotes do not hold tabs"
      ),
      (
        "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tmaybe\n",
        "line 2: label \"maybe\" is not known"
      ),
    ])
  func saysWhatIsWrongWithTheData(content: String, message: String) throws {
    let tiny = try TinyGLUE([.cola, .rte])
    try tiny.folder.write("glue/RTE/dev.tsv", content)
    let result = try Command.run(tiny.glue("--tasks", "CoLA,RTE"))
    // Before the first run, although RTE is the second task.
    #expect(result.status == 1 && tiny.output.contents.isEmpty)
    #expect(result.errors.contains("RTE/dev.tsv: \(message)"), "\(result.errors)")
  }
}

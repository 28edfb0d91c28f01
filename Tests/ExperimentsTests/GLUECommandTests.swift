import Foundation
import SparseGrad
import TestSupport
import Testing

/// `sparsegrad glue` on a tiny model.
@Suite(.serialized, .namesCommands) struct GLUECommandTests {
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
        "cell.json", "log.jsonl", "metrics.json", "mistakes.jsonl", "tensorboard",
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
      #expect(lines.first == ["index", "prediction"])
      #expect(lines.dropFirst().map { $0.first } == ["0", "1", "2", "3", "4", "5"])
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

  /// The page about a comparison has its means, and the differences seed by seed.
  @Test func isReported() throws {
    let tiny = try TinyGLUE([.rte])
    let run = tiny.glue("--methods", "full,lora", "--seeds", "1,2", "--tasks", "RTE")
    #expect(try Command.run(run).status == 0)
    let page = tiny.path("report.html")
    let result = try Command.run(["report", tiny.output.path, "--output", page, "--quiet"])
    #expect(result.status == 0 && result.output.isEmpty, "\(result)")
    let text = try String(contentsOfFile: page, encoding: .utf8)
    let records = try tiny.records()
    func scores(_ method: String) -> [Double] {
      records.sorted { $0.key < $1.key }.filter { $0.key.contains("/\(method)") }
        .compactMap { $0.value.score.map { $0 * 100 } }
    }
    let (full, lora) = (scores("full"), scores("lora"))
    try #require(full.count == 2 && lora.count == 2)
    #expect(text.contains(">\(((full[0] + full[1]) / 2).fixed(2)) ± "))
    let difference = (full[0] - lora[0] + full[1] - lora[1]) / 2
    #expect(text.contains("full − lora") && text.contains(">\(difference.fixed(2))<"))
    #expect(text.contains("4 of 4 runs have ended") && text.contains(">sparsegrad</span>"))
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
    let model = tiny.output.appendingPathComponent(try #require(models.first))
      .deletingLastPathComponent()
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
    #expect(cell.contents == ["cell.json", "log.jsonl", "tensorboard"])
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
      methods: [full, lora, "lora:density=0.2,rslora=true", "sparsegrad:axes=hidden,sharing=per-block,basis-steps=2"]
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
}

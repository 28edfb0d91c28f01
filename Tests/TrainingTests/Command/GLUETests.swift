import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// GLUE folders in their official form, with invented rows.
  @Suite struct GLUETests {
    struct Task: CustomTestStringConvertible {
      let testDescription: String
      let folder: String
      /// The header line, if the files have one.
      let header: String?
      let metrics: [String]
      let row: @Sendable (_ number: Int, _ text: String, _ isGood: Bool) -> String
    }

    static let tasks = [
      Task(
        testDescription: "cola", folder: "CoLA", header: nil, metrics: ["matthews_correlation"]
      ) { _, text, isGood in "gj04\t\(isGood ? 1 : 0)\t\(isGood ? "" : "*")\t\(text)" },
      Task(
        testDescription: "sst2", folder: "SST-2", header: "sentence\tlabel", metrics: ["accuracy"]
      ) { _, text, isGood in "\(text) \t\(isGood ? 1 : 0)" },
      Task(
        testDescription: "mrpc", folder: "MRPC",
        header: "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String", metrics: ["accuracy", "f1"]
      ) { "\($2 ? 1 : 0)\t\($0)\t\($0)\tthe film\t\($1)" },
      Task(
        testDescription: "rte", folder: "RTE", header: "index\tsentence1\tsentence2\tlabel",
        metrics: ["accuracy"]
      ) { "\($0)\tthe film\t\($1)\t\($2 ? "entailment" : "not_entailment")" },
      Task(
        testDescription: "stsb", folder: "STS-B",
        header:
          "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore",
        metrics: ["pearson", "spearmanr"]
      ) { "\($0)\tg\tf\t2012\t\($0)\ta\tb\tthe film\t\($1)\t\($2 ? "4.600" : "0.800")" },
    ]

    private func arguments(_ task: Task, _ tiny: TinyCommand, data: String) -> [String] {
      [
        "finetune", "--model", tiny.model.url.path, "--task", task.testDescription, "--data", data,
        "--output", tiny.output.path, "--max-steps", "4", "--quiet", "--basis-steps", "2",
      ]
    }

    @Test(arguments: tasks) func trainsAndEvaluates(task: Task) throws {
      let tiny = try TinyCommand()
      for (file, seed) in [("train", 1), ("dev", 2)] {
        let rows = TinyData.sentences(20, seed: UInt64(seed)).enumerated().map {
          task.row($0, $1.text, $1.label == "positive")
        }
        let lines = [task.header].compactMap { $0 } + rows
        try tiny.folder.write(
          "glue/\(task.folder)/\(file).tsv", lines.joined(separator: "\n") + "\n")
      }
      // The task's own folder, or the one of all tasks.
      for data in [tiny.path("glue"), tiny.path("glue/\(task.folder)")] {
        let result = try Command.run(arguments(task, tiny, data: data) + ["--overwrite"])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      }
      let figures = try tiny.output.figures()
      #expect(figures.task == task.testDescription)
      #expect(figures.metric == task.metrics[0])
      #expect(task.metrics.allSatisfy { figures.metrics[$0] != nil })
      let evaluate = [
        "evaluate", "--model", tiny.output.path, "--task", task.testDescription, "--data",
        tiny.path("glue"), "--json",
      ]
      let named = try Command.run(evaluate + ["--text-column", "sentence"])
      #expect(named.status == 64 && named.errors.contains("has its own columns"))
      let unknown = try Command.run(evaluate + ["--task", "sst3"])
      #expect(unknown.status == 64 && unknown.errors.contains("--task: \"sst3\" is not known"))
      let evaluation = try Command.run(evaluate)
      #expect(evaluation.status == 0)
      #expect(
        try JSONDecoder().decode([String: Double].self, from: Data(evaluation.output.utf8))
          == figures.metrics)
    }

    @Test(arguments: tasks) func saysWhatIsMissing(task: Task) throws {
      let tiny = try TinyCommand()
      try tiny.folder.write("other/notes.txt", "")
      let missing = try Command.run(arguments(task, tiny, data: tiny.path("other")))
      #expect(missing.status == 1)
      #expect(missing.errors.contains("other: has neither train.tsv nor dev.tsv"))
      try tiny.folder.write("other/train.tsv", "a\tb\nc\td\n")
      let broken = try Command.run(arguments(task, tiny, data: tiny.path("other")))
      #expect(broken.status == 1 && broken.errors.contains("other/train.tsv: line 1"))
      #expect(tiny.output.contents.isEmpty)
    }
  }
}

import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// What goes into `predict`, and what comes out.
  @Suite struct PredictTests {
    @Test func oneLineForEachText() throws {
      let tiny = try TinyCommand()
      try tiny.folder.write(
        "texts.csv", "id,text\nq1,\"good\nfilm\"\nq2,\"bad\tfilm \\ \u{2028}\u{1B}\"\n")
      let predict = ["predict", "--model", tiny.model.url.path, "--file", tiny.path("texts.csv")]
      let plain = try Command.run(predict).lines.map { $0.components(separatedBy: "\t") }
      #expect(plain.map(\.count) == [3, 3])
      #expect(plain.map(\.last) == ["good\\nfilm", #"bad\tfilm \\ \u2028\u001b"#])
      let json = try Command.run(predict + ["--json"]).lines.map { try jsonObject(Data($0.utf8)) }
      #expect(json.map { $0["id"] as? String } == ["q1", "q2"])
      #expect(json.map { $0["line"] as? Int } == [2, 4])
      #expect(json.map { $0["text"] as? String } == ["good\nfilm", "bad\tfilm \\ \u{2028}\u{1B}"])
      let named = try Command.run(predict + ["--json", "--id-column", "text"]).lines
      #expect(try jsonObject(Data(named[0].utf8))["id"] as? String == "good\nfilm")
    }

    @Test func answersAsTextsCome() throws {
      let tiny = try TinyCommand()
      let pipe = tiny.folder("pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      // For both directions: opening it for one waits for the other.
      let texts = try FileHandle(forUpdating: pipe)
      let command = try Command(
        ["predict", "--model", tiny.model.url.path, "-"], reading: pipe)
      for (text, count) in [("good film\n", 1), ("bad film\nbad", 2)] {
        try texts.write(contentsOf: Data(text.utf8))
        try command.wait(for: "\(count) answers") {
          try command.output().count { $0 == "\n" } == count
        }
      }
      try texts.close()
      let result = try command.wait()
      #expect(result.status == 0 && result.lines.count == 3)
      #expect(result.lines.last?.hasSuffix("\tbad") == true)
    }

    @Test func readsStandardInputByName() throws {
      let tiny = try TinyCommand()
      let predict = ["predict", "--model", tiny.model.url.path]
      let expected = try Command.run(predict + ["good film", "", "bad"]).output
      for flags in [[], ["-"], ["--file", "-"]] {
        #expect(try Command.run(predict + flags, input: "good film\n\nbad").output == expected)
      }
      try tiny.folder.write("a.txt", "good\nb\u{E9}\n")
      var bytes = Data("good\nb".utf8)
      bytes.append(contentsOf: [0xE9, 0x0A])
      try AtomicOutput.write(bytes, to: tiny.folder("latin.txt"))
      let result = try Command.run(predict + ["--file", tiny.path("latin.txt")])
      #expect(result.status == 1 && result.errors.contains("latin.txt: line 2: is not UTF-8"))
    }

    @Test func writesAFile() throws {
      let tiny = try TinyCommand()
      let predict = ["predict", "--model", tiny.model.url.path, "--file", tiny.path("held.tsv")]
      let result = try Command.run(predict + ["--output", tiny.path("answers.tsv")])
      #expect(result.status == 0 && result.output.isEmpty)
      let written = String(decoding: try tiny.folder.url.data("answers.tsv"), as: UTF8.self)
      #expect(try written == Command.run(predict).output)
      let unknown = try Command.run(predict + ["--outptu", "x"])
      #expect(unknown.status == 64 && unknown.errors.contains("Unknown option '--outptu'"))
    }

    @Test func pairsHaveATabBetween() throws {
      let tiny = try TinyCommand()
      let predict = ["predict", "--model", tiny.model.url.path, "--json"]
      let pair = try Command.run(predict + ["--pair", "bad film", "good"]).output
      #expect(try jsonObject(Data(pair.utf8))["pair"] as? String == "bad film")
      #expect(try Command.run(predict + ["--pairs", "good\tbad film"]).output == pair)
      #expect(try Command.run(predict + ["--pairs"], input: "good\tbad film\n").output == pair)
      let fields = try Command.run(Array(predict.dropLast()) + ["--pairs", "good\tbad film"])
      #expect(fields.lines[0].components(separatedBy: "\t").suffix(2) == ["good", "bad film"])
      for text in ["good", "a\tb\tc"] {
        let result = try Command.run(predict + ["--pairs"], input: text)
        #expect(result.status == 1 && result.errors.contains("standard input: line 1: has "))
      }
    }

    @Test func aModelOfPairsTakesPairs() throws {
      let tiny = try TinyCommand()
      let rows = TinyData.sentences(16).map { "\($0.text)\tthe film\t\($0.label)\n" }.joined()
      let file = try tiny.folder.write("pairs.tsv", "sentence1\tsentence2\tlabel\n" + rows)
      let trained = try Command.run(
        tiny.finetune("--train-file", file.path, "--validation-file", file.path))
      #expect(trained.status == 0, "\(trained.errors)")
      let predict = ["predict", "--model", tiny.output.path]
      let lines = try Command.run(predict, input: "good film\tthe film\n").lines
      #expect(lines[0].components(separatedBy: "\t").count == 4)
      let single = try Command.run(predict + ["good film"])
      #expect(single.status == 1 && single.errors.contains("text 1: has 0 tabs"))
      let table = try Command.run(predict + ["--file", tiny.path("held.tsv")])
      #expect(table.status == 1 && table.errors.contains("--pair-column"), "\(table.errors)")
    }
  }

  /// What a run remembers for those who use its model.
  @Suite struct MemoryTests {
    private func trained(_ tiny: TinyCommand, _ more: String...) throws {
      let rows = TinyData.sentences(16).map { "\($0.text)\t\($0.label)\tno\n" }.joined()
      try tiny.folder.write("odd.tsv", "words\tsense\ttext\n" + rows)
      let result = try Command.run(
        tiny.finetune(
          [
            "--train-file", tiny.path("odd.tsv"), "--validation-file", tiny.path("odd.tsv"),
            "--text-column", "words", "--label-column", "sense", "--max-length", "4",
          ] + more))
      #expect(result.status == 0, "\(result.errors)")
    }

    @Test func columnsAndLength() throws {
      let tiny = try TinyCommand()
      try trained(tiny)
      let evaluate = ["evaluate", "--model", tiny.output.path, "--json", "--data"]
      let result = try Command.run(evaluate + [tiny.path("odd.tsv")])
      #expect(result.status == 0 && result.errors.contains("longer than 4 tokens"))
      let metrics = try JSONDecoder().decode([String: Double].self, from: Data(result.output.utf8))
      #expect(try metrics == tiny.output.figures().metrics)
      let longer = try Command.run(evaluate + [tiny.path("odd.tsv"), "--max-length", "40"])
      #expect(!longer.errors.contains("longer than"))
      // A file of other columns is read by its own.
      #expect(try Command.run(evaluate + [tiny.path("held.tsv")]).status == 0)
      let predicted = try Command.run(
        ["predict", "--model", tiny.output.path, "--file", tiny.path("odd.tsv")])
      #expect(!predicted.lines.contains { $0.hasSuffix("\tno") } && predicted.lines.count == 16)
    }

    @Test func anAdapterRemembersItsRun() throws {
      let tiny = try TinyCommand()
      try trained(tiny, "--save", "adapter")
      let result = try Command.run([
        "evaluate", "--model", tiny.model.url.path, "--adapter", tiny.path("output/adapter"),
        "--data", tiny.path("odd.tsv"),
      ])
      #expect(
        result.status == 0 && result.errors.contains("longer than 4 tokens"), "\(result.errors)")
    }

    @Test func anOlderOrSpoiltMemory() throws {
      let tiny = try TinyCommand()
      try trained(tiny)
      let file = tiny.output.appendingPathComponent("training_state.json")
      var state = try tiny.output.json("training_state.json")
      var settings = state["settings"] as? [String: any Sendable] ?? [:]
      let evaluate = ["evaluate", "--model", tiny.output.path, "--data", tiny.path("held.tsv")]
      func write(_ change: (inout [String: any Sendable]) -> Void) throws {
        var data = settings["data"] as? [String: any Sendable] ?? [:]
        change(&data)
        settings["data"] = data
        state["settings"] = settings
        try JSONSerialization.data(withJSONObject: state).write(to: file)
      }
      try write { $0["inputs"] = nil }
      #expect(try Command.run(evaluate).status == 0)
      try write { $0["maximumLength"] = -5 }
      let spoilt = try Command.run(evaluate)
      #expect(spoilt.status == 1 && spoilt.errors.contains("settings.data.maximumLength"))
      try Data("{".utf8).write(to: file)
      #expect(try Command.run(evaluate).errors.contains("training_state.json: is not the state"))
    }

    @Test func theConfigurationOfARunServesItsEvaluation() throws {
      let tiny = try TinyCommand()
      let yaml = """
        model: \(tiny.model.url.path)
        train_file: \(tiny.path("train.tsv"))
        validation-file: \(tiny.path("held.tsv"))
        output: \(tiny.output.path)
        method: full
        max-steps: 3
        max-length: 6
        labels: [negative, positive]
        quiet: true
        """
      try tiny.folder.write("run.yaml", yaml)
      let run = try Command.run(["finetune", "--config", tiny.path("run.yaml")])
      #expect(run.status == 0, "\(run.errors)")
      let result = try Command.run(["evaluate", "--config", tiny.path("run.yaml"), "--json"])
      let metrics = try JSONDecoder().decode([String: Double].self, from: Data(result.output.utf8))
      #expect(try metrics == tiny.output.figures().metrics)
      let other = try Command.run([
        "evaluate", "--config", tiny.path("run.yaml"), "--data", tiny.path("train.tsv"), "--json",
      ])
      #expect(other.status == 0 && other.output != result.output)
      try tiny.folder.write("run.yaml", yaml + "\nunheard: 1\n")
      let unknown = try Command.run(["evaluate", "--config", tiny.path("run.yaml")])
      #expect(unknown.status == 1 && unknown.errors.contains("run.yaml: key \"unheard\""))
    }

    @Test func messagesAreOneLine() throws {
      let tiny = try TinyCommand()
      for (yaml, line) in [("a: [1\nb: \"x", 2), ("a: 1\na: 2\n", 1), ("a: \t1\n\t- 2\n", 2)] {
        try tiny.folder.write("bad.yaml", yaml)
        let result = try Command.run(["finetune", "--config", tiny.path("bad.yaml")])
        #expect(result.status == 1 && result.errors.contains("bad.yaml: line \(line): is not YAML"))
        #expect(result.errors.count { $0 == "\n" } == 1, "\(result.errors)")
      }
      try tiny.folder.write("held.csv", "text,label\nx,\"a\u{1B}[2J\nb\"\n")
      let label = try Command.run([
        "evaluate", "--model", tiny.model.url.path, "--data", tiny.path("held.csv"),
      ])
      #expect(label.errors.contains("label \"a\\u001b[2J\\nb\" is not known"), "\(label.errors)")
      #expect(label.errors.count { $0 == "\n" } == 1)
      let hub = try Command.run(["predict", "--model", "bert-base-uncased", "x"])
      #expect(hub.status == 1 && hub.errors.contains("hf download bert-base-uncased"))
    }
  }
}

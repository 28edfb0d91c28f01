import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// The commands on a fine-tuned tiny model.
  @Suite struct CommandTests {
    private struct Prediction: Decodable {
      let label: String?
      let probabilities: [Double]
      let logits: [Float]
    }

    private func trained() throws -> TinyCommand {
      let tiny = try TinyCommand()
      #expect(try Command.run(tiny.finetune("--max-steps", "30")).status == 0)
      return tiny
    }

    @Test func predictsFromEverywhere() throws {
      let tiny = try trained()
      let sentences = TinyData.sentences(30, seed: 3)
      let texts = sentences.map(\.text)
      let text = texts.map { $0 + "\n" }.joined()
      try tiny.folder.write("texts.txt", text)
      try tiny.folder.write("texts.tsv", TinyData.table(30, seed: 3))
      let ofWindows = "\u{FEFF}" + text.replacing("\n", with: "\r\n")
      try tiny.folder.write("windows.txt", ofWindows)
      let predict = ["predict", "--model", tiny.output.path, "--precision", "float32"]
      for flags in [[], ["--json"]] {
        let results = [
          try Command.run(predict + flags + texts), try Command.run(predict + flags, input: text),
          try Command.run(predict + flags + ["--file", tiny.path("texts.txt")]),
          try Command.run(predict + flags + ["--file", tiny.path("texts.tsv")]),
          try Command.run(predict + flags + ["--file", tiny.path("windows.txt")]),
          try Command.run(predict + flags, input: ofWindows),
        ]
        for (place, result) in results.enumerated() {
          #expect(result.status == 0 && result.errors.isEmpty && result.lines.count == 30)
          // The header takes a line.
          let output =
            place == 3
            ? (1...30).reduce(result.output) {
              $0.replacing("\"line\":\($1 + 1),", with: "\"line\":\($1),")
            } : result.output
          #expect(output == results[0].output)
        }
      }
      let plain = try Command.run(predict + texts).lines.map { $0.components(separatedBy: "\t") }
      let json = try Command.run(predict + ["--json"] + texts).lines.map {
        try JSONDecoder().decode(Prediction.self, from: Data($0.utf8))
      }
      let classifier = try TextClassifier(folder: tiny.output, precision: .float32)
      let answers = try classifier.predict(texts.map { Example(text: $0) })
      try #require(
        json.count == 30 && plain.count == 30 && json.allSatisfy { $0.probabilities.count == 2 })
      for (i, answer) in answers.enumerated() {
        #expect(json[i].label == answer.label)
        #expect(json[i].logits == answer.logits)
        #expect(abs(json[i].probabilities.reduce(0, +) - 1) < 1e-9)
        let best = json[i].probabilities[0] > json[i].probabilities[1] ? "negative" : "positive"
        #expect(answer.label == best && plain[i].count == 3)
        #expect(plain[i].first == answer.label && plain[i].last == texts[i])
      }
      #expect(try Command.run(predict, input: "").output.isEmpty)
      // A text alone, or among many of other lengths: the same answer.
      let alone = try Command.run(predict + ["--json", texts[7]]).output
      let logits = try JSONDecoder().decode(Prediction.self, from: Data(alone.utf8)).logits
      for (a, b) in zip(logits, json[7].logits) { #expect(abs(a - b) < 1e-5) }
    }

    @Test func evaluatesAsTheRunDid() throws {
      let tiny = try trained()
      let evaluate = ["evaluate", "--model", tiny.output.path, "--data", tiny.path("held.tsv")]
      let json = try Command.run(evaluate + ["--json"])
      #expect(json.status == 0 && json.errors.isEmpty && json.lines.count == 1)
      let metrics = try JSONDecoder().decode([String: Double].self, from: Data(json.output.utf8))
      let figures = try tiny.output.figures()
      #expect(metrics == figures.metrics)
      struct ByClass: Decodable {
        let classes: [String: [String: Double]], confusion_matrix: [[Int]]
      }
      let byClass = try JSONDecoder().decode(
        ByClass.self, from: Data(Command.run(evaluate + ["--json", "--by-class"]).output.utf8))
      let report = try #require(figures.classes)
      #expect(Set(byClass.classes.keys) == ["negative", "positive"])
      for scores in report.classes { #expect(byClass.classes[scores.name]?["f1"] == scores.f1) }
      #expect(byClass.confusion_matrix == report.confusion)
      #expect(report.micro.f1 == figures.metrics["accuracy"])
      for (command, message) in [
        (evaluate + ["--thresholds", "0.7"], "--thresholds: has no meaning for this model"),
        (evaluate + ["--by-class"], "--by-class: expected with --json"),
        (
          ["predict", "--model", tiny.output.path, "--thresholds", "0.7", "a film"],
          "--thresholds: has no meaning for this model"
        ),
      ] {
        let result = try Command.run(command)
        #expect(result.status != 0 && result.errors.contains(message), "\(result.errors)")
      }
      let plain = try Command.run(evaluate).lines
      #expect(
        plain.prefix(4).map { $0.components(separatedBy: ":")[0] } == [
          "accuracy", "f1", "matthews_correlation", "loss",
        ])
      #expect(
        plain.dropFirst(4).compactMap { $0.split(separator: " ").first } == [
          "precision", "negative", "positive", "accuracy", "macro", "weighted",
        ])
      // The order of the labels in the file is not that of the model.
      try tiny.folder.write("one.tsv", "text\tlabel\ngood\tpositive\nbad\tnegative\n")
      let other = try Command.run(
        ["evaluate", "--model", tiny.output.path, "--data", tiny.path("one.tsv"), "--json"])
      #expect(other.status == 0)
    }

    @Test func tokenizes() throws {
      let tiny = try TinyCommand()
      let tokenize = ["tokenize", "--model", tiny.model.url.path]
      let ids = { (line: String) in try JSONDecoder().decode([Int].self, from: Data(line.utf8)) }
      let json = try Command.run(tokenize + ["--json", "A good film!", ""])
      #expect(json.status == 0 && json.errors.isEmpty)
      let vocabulary = TinyModel.vocabulary
      #expect(
        try json.lines.map(ids).map { $0.map { vocabulary[$0] } } == [
          ["[CLS]", "a", "good", "film", "!", "[SEP]"], ["[CLS]", "[SEP]"],
        ])
      let pair = try Command.run(tokenize + ["--pair", "dull", "warm"])
      #expect(pair.lines.first == "[CLS] warm [SEP] dull [SEP]")
      let piped = try Command.run(tokenize + ["--json"], input: "A good film!\n\n")
      #expect(piped.output == json.output)
    }

    @Test func countsParameters() throws {
      let tiny = try TinyCommand()
      let json = try Command.run(["params", "--model", tiny.model.url.path, "--json"])
      struct Row: Decodable { let parameters: Int, share: Double }
      let rows = try JSONDecoder().decode([String: Row].self, from: Data(json.output.utf8))
      #expect(rows.keys.sorted() == ["attention", "embeddings", "mlp", "rest", "total"])
      let parts = rows.filter { $0.key != "total" }.values
      #expect(parts.reduce(0) { $0 + $1.parameters } == rows["total"]?.parameters)
      #expect(abs(parts.reduce(0) { $0 + $1.share } - 1) < 1e-9)
      #expect(rows["mlp"]?.parameters == 2 * (2 * 32 * 64 + 64 + 32))
      #expect(rows["attention"]?.parameters == 2 * 4 * (32 * 32 + 32))
      #expect(rows["embeddings"]?.parameters == (120 + 40 + 2) * 32)
      let plain = try Command.run(["params", "--model", tiny.model.url.path])
      #expect(plain.lines.count == 5 && plain.lines.last?.hasPrefix("total") == true)
    }

    private static let miniLM = fixtures.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".deps/models/minilm").path

    /// MiniLM-L6: 6 blocks, hidden size 384, intermediate size 1536.
    @Test(
      .enabled(
        if: FileManager.default.fileExists(atPath: miniLM),
        "MiniLM is not in .deps (Scripts/setup.sh)"))
    func countsParametersOfMiniLM() throws {
      let result = try Command.run(["params", "--model", Self.miniLM])
      let words = result.lines.map { $0.split(separator: " ").joined(separator: " ") }
      #expect(
        words == [
          "embeddings 11 917 824 52.47 %", "attention 3 548 160 15.62 %", "MLP 7 089 408 31.21 %",
          "rest 157 824 0.69 %", "total 22 713 216 100.00 %",
        ])
    }

    @Test func findsABasisForFinetune() throws {
      let tiny = try TinyCommand()
      let file = tiny.path("basis.safetensors")
      let basis = [
        "basis", "--model", tiny.model.url.path, "--train-file", tiny.path("train.tsv"),
        "--output", file, "--basis-steps", "3", "--batch-size", "8",
      ]
      let result = try Command.run(basis)
      #expect(result.status == 0 && result.output.contains("12 gradients"))
      #expect(try Command.run(tiny.finetune()).status == 0)
      let given = try Command.run(
        tiny.finetune("--basis", file, "--output", tiny.path("given")))
      #expect(given.status == 0 && given.errors.isEmpty)
      #expect(
        try tiny.folder("given").data("model.safetensors") == tiny.output.data("model.safetensors"))
    }

    @Test(arguments: [
      ("full", TrainingMethod.full), ("lora", .lora(LoRASettings())),
      ("sparsegrad", .sparseGrad(SparseGradSettings())),
      ("sparsegrad-paper", .sparseGrad(.paper)), ("meprop", .sparseGrad(.meProp)),
    ]) func trainsAsTheLibraryDoes(name: String, method: TrainingMethod) throws {
      let tiny = try TinyCommand()
      let result = try Command.run([
        "finetune", "--model", tiny.model.url.path, "--train-file", tiny.path("train.tsv"),
        "--output", tiny.output.path, "--max-steps", "4", "--quiet", "--method", name,
      ])
      #expect(result.status == 0, "\(result.errors)")
      var job = FineTuning(
        model: tiny.model.url,
        training: try Dataset(contentsOf: tiny.folder("train.tsv"), targets: .labels(nil)),
        output: tiny.folder("library"))
      job.settings.method = method
      job.settings.maximumSteps = 4
      let figures = try job.run()
      #expect(try tiny.output.figures().trainableParameters == figures.trainableParameters)
      #expect(
        try tiny.output.data("model.safetensors")
          == tiny.folder("library").data("model.safetensors"))
    }

    @Test func isQuietWhenAsked() throws {
      let tiny = try TinyCommand()
      let result = try Command.run(tiny.finetune("--evaluate-first"))
      #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
    }

    @Test func speaksInLinesWhenPiped() throws {
      let tiny = try TinyCommand()
      var flags = tiny.finetune("--evaluate-first")
      flags.removeAll { $0 == "--quiet" }
      let result = try Command.run(flags)
      #expect(result.status == 0)
      #expect(!(result.errors + result.output).contains { $0 == "\r" || $0 == "\u{1B}" })
      for part in [
        "6 steps (6 an epoch)", "before training: accuracy", "step 6/6", "step 6: accuracy",
      ] {
        #expect(result.errors.contains(part), "\(result.errors)")
      }
      #expect(result.output.hasPrefix("accuracy: "))
      #expect(result.lines.last == "model: \(tiny.output.path)")
    }

    @Test func speaksJSON() throws {
      let tiny = try TinyCommand()
      let result = try Command.run(tiny.finetune("--json", "--evaluate-first"))
      #expect(result.status == 0 && result.errors.isEmpty)
      let lines = try result.lines.map { try jsonObject(Data($0.utf8)) }
      let events = lines.dropLast().map { $0["event"] as? String ?? "?" }
      #expect(
        events == ["notice", "notice", "evaluated"] + Array(repeating: "basis", count: 4) + [
          "started"
        ]
          + Array(repeating: "step", count: 6) + ["evaluated", "saved"])
      let figures = try tiny.output.json("metrics.json")
      #expect(lines.last?.keys.sorted() == figures.keys.sorted())
    }

    @Test func versionAndHelp() throws {
      #expect(try Command.run(["--version"]).status == 0)
      for command in ["finetune", "evaluate", "predict", "tokenize", "basis", "params"] {
        let help = try Command.run([command, "--help"])
        #expect(help.status == 0 && help.output.contains("--model"))
      }
    }
  }
}

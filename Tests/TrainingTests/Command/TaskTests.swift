import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// `--task token-classification` and `--task multilabel`, from files to predictions.
  @Suite struct TaskTests {
    private struct Tagged: Decodable {
      struct Span: Decodable { let type: String, text: String, start: Int, end: Int, score: Double }
      let text: String, entities: [Span]
    }

    private static let sentences = """
      good O
      story B-THING
      is O
      bad O

      the O
      actor B-THING
      scene I-THING
      was O
      dull O

      """

    @Test(arguments: ["full", "sparsegrad", "lora"]) func tagsWords(method: String) throws {
      let tiny = try TinyCommand()
      let file = try tiny.folder.write(
        "train.conll", String(repeating: Self.sentences + "\n", count: 8))
      let trained = try Command.run(
        tiny.finetune(
          "--task", "token-classification", "--train-file", file.path, "--validation-file",
          file.path, "--method", method, "--max-steps", "60", "--learning-rate", "1e-2",
          "--trainable", "mlp+rest", "--precision", "float32", "--save",
          method == "lora" ? "both" : "model"))
      #expect(trained.status == 0, "\(trained.errors)")
      let metrics = try tiny.output.figures().metrics
      #expect(metrics.keys.sorted() == ["accuracy", "f1", "loss", "precision", "recall"])
      #expect(metrics["f1"] == 1)
      let config = try tiny.output.json("config.json")
      #expect(config["architectures"] as? [String] == ["BertForTokenClassification"])
      #expect(config["problem_type"] == nil)
      #expect(
        config["id2label"] as? [String: String] == ["0": "O", "1": "B-THING", "2": "I-THING"])

      if method == "lora" { try checkAdapter(tiny, file.path, f1: 1) }
      let model = ["--model", tiny.output.path, "--precision", "float32"]
      let evaluated = try Command.run(["evaluate", "--data", file.path, "--json"] + model)
      let values = try jsonObject(Data(evaluated.output.utf8))
      let loss = try #require(values["loss"] as? Double)
      #expect(try values["f1"] as? Double == 1 && abs(loss - #require(metrics["loss"])) < 1e-5)
      let types = values["entities"] as? [String: [String: Double]]
      #expect(types == ["THING": ["precision": 1, "recall": 1, "f1": 1, "support": 16]])
      let table = try Command.run(["evaluate", "--data", file.path] + model).lines
      #expect(
        table.suffix(4).map { $0.split(separator: " ").last == "16" && $0.contains("1.0000") }
          == [true, true, true, true])
      #expect(table.suffix(4).first?.split(separator: " ").first == "THING")

      let predict = ["predict"] + model
      let texts = ["the actor scene was dull", "good story!", ""]
      let json = try Command.run(predict + ["--json"], input: texts.joined(separator: "\n") + "\n")
      let answers = try json.lines.map {
        try JSONDecoder().decode(Tagged.self, from: Data($0.utf8))
      }
      #expect(answers[0].entities.map(\.text) == ["actor scene"])
      #expect(answers[0].entities.map { [$0.start, $0.end] } == [[4, 15]])
      #expect(answers[0].entities.allSatisfy { $0.type == "THING" && $0.score > 0.5 })
      #expect(answers[1].entities.first?.text == "story")
      let plain = try Command.run(predict + ["good story"]).lines
      #expect(plain == ["THING:story\tgood story"])
    }

    /// The adapter says what task it is for, and brings its head along.
    private func checkAdapter(_ tiny: TinyCommand, _ data: String, f1: Double) throws {
      let adapter = tiny.output.appendingPathComponent("adapter")
      #expect(try adapter.json("adapter_config.json")["task_type"] as? String == "TOKEN_CLS")
      let result = try Command.run([
        "evaluate", "--model", tiny.model.url.path, "--adapter", adapter.path, "--data", data,
        "--json", "--precision", "float32",
      ])
      #expect(try jsonObject(Data(result.output.utf8))["f1"] as? Double == f1, "\(result.errors)")
    }

    @Test(arguments: ["tsv", "jsonl"]) func givesSeveralLabels(format: String) throws {
      let tiny = try TinyCommand()
      let rows = [
        ("good film", ["good"]), ("bad film", ["bad"]), ("good bad film", ["bad", "good"]),
        ("the film", []),
      ]
      let text =
        format == "tsv"
        ? "text\tlabels\n"
          + String(
            repeating: rows.map { "\($0)\t\($1.joined(separator: "|"))\n" }.joined(), count: 6)
        : String(
          repeating: rows.map { text, labels in
            "{\"text\": \"\(text)\", \"labels\": [\(labels.map { "\"\($0)\"" }.joined(separator: ", "))]}\n"
          }.joined(), count: 6)
      let file = try tiny.folder.write("many.\(format)", text)
      let separator = format == "tsv" ? ["--label-separator", "|"] : []
      let trained = try Command.run(
        tiny.finetune(
          [
            "--task", "multilabel", "--train-file", file.path, "--validation-file", file.path,
            "--method", "full", "--max-steps", "120", "--learning-rate", "5e-3", "--precision",
            "float32",
          ] + separator))
      #expect(trained.status == 0, "\(trained.errors)")
      let metrics = try tiny.output.figures().metrics
      #expect(
        metrics.keys.sorted() == [
          "average_precision", "exact_match", "f1_macro", "f1_micro", "loss",
        ])
      #expect(metrics["exact_match"] == 1)
      let config = try tiny.output.json("config.json")
      #expect(config["problem_type"] as? String == "multi_label_classification")

      let model = ["--model", tiny.output.path, "--precision", "float32"]
      let evaluate = ["evaluate", "--data", file.path, "--json"] + model + separator
      let values = try jsonObject(Data(Command.run(evaluate).output.utf8))
      let loss = try #require(values["loss"] as? Double)
      #expect(try abs(loss - #require(metrics["loss"])) < 1e-9)
      let strict = try jsonObject(
        Data(Command.run(evaluate + ["--thresholds", "1,0.5"]).output.utf8))
      #expect(try #require(strict["exact_match"] as? Double) == 0.5)
      let plain = try Command.run(["predict"] + model + ["good bad film", "the film"]).lines
      #expect(plain == ["bad,good\tgood bad film", "-\tthe film"])
      let wrong = try Command.run(evaluate + ["--thresholds", "1,0.5,1"])
      #expect(wrong.status == 1 && wrong.errors.contains("--thresholds: has 3 numbers"))
    }

    @Test func badUses() throws {
      let tiny = try TinyCommand()
      for (flags, message) in [
        (["--task", "token-classification"], "train.tsv: line"),
        (["--label-separator", ";"], "--label-separator: has no meaning"),
        (["--task", "multilabel", "--label-separator", ";;"], "expected one character"),
        (["--task", "token-classification", "--class-weights", "balanced"], "has no meaning"),
        (["--task", "multilabel", "--metric", "accuracy"], "accuracy is not measured"),
        (["--label-all-tokens"], "--label-all-tokens: has no meaning for --task classification"),
        (["--show-tokens"], "--show-tokens: has no meaning for --task classification"),
        (["--languages", "en"], "--languages: has no meaning for --task classification"),
        (["--task", "conversation", "--text-column", "x"], "expected none to be named"),
        (["--task", "text", "--labels", "a,b"], "--labels: has no meaning for --task text"),
      ] {
        let result = try Command.run(tiny.finetune(flags))
        #expect(result.status != 0 && result.errors.contains(message), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count <= 3, "\(result.errors)")
      }
    }
  }
}

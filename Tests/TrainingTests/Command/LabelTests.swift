import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// One identity of labels, whatever the command, and what is said about them.
  @Suite struct LabelTests {
    private func tiny(_ names: [String]) throws -> TinyCommand {
      let tiny = try TinyCommand()
      try tiny.model.configure { configuration in
        configuration["id2label"] = Dictionary(
          uniqueKeysWithValues: names.enumerated().map { ("\($0)", $1) })
        configuration["label2id"] = nil
      }
      return tiny
    }

    private func table(_ labels: String..., as name: String, in tiny: TinyCommand) throws -> String
    {
      let rows = labels.enumerated().map { "\($0 % 2 == 0 ? "good" : "bad") film\t\($1)\n" }
      try tiny.folder.write(name, "text\tlabel\n" + rows.joined())
      return tiny.path(name)
    }

    private func names(_ folder: URL) throws -> [String: String]? {
      try folder.json("config.json")["id2label"] as? [String: String]
    }

    /// Trains a step on the labels, aloud.
    private func train(_ tiny: TinyCommand, _ more: String...) throws -> Command.Result {
      try Command.run(
        tiny.finetune(["--method", "full", "--max-steps", "1"] + more).filter { $0 != "--quiet" })
    }

    @Test(
      arguments: [
        (["NEGATIVE", "POSITIVE"], ["Negative", " positive"], true),
        (["US", "us"], ["us", "US"], true), (["negative", "positive"], ["0", "1"], true),
        (["LABEL_0", "LABEL_1"], ["x", "y"], true), (["us", "uk"], ["US", "us"], false),
        (["negative", "positive"], ["1", "2"], false), (["1.0", "2.0"], ["1", "2"], true),
      ] as [([String], [String], Bool)])
    func aHeadIsKept(model: [String], data: [String], isKept: Bool) throws {
      let tiny = try tiny(model)
      let file = try table(data[0], data[1], as: "train.tsv", in: tiny)
      let result = try train(tiny, "--validation-file", file)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("newly initialised") != isKept, "\(result.errors)")
      // The file that was learnt from is understood by all.
      let evaluation = try Command.run(["evaluate", "--model", tiny.output.path, "--data", file])
      #expect(evaluation.status == 0, "\(evaluation.errors)")
      let named = Set(try (names(tiny.output) ?? [:]).values)
      #expect(named.count == 2)
      let lines = try Command.run(["predict", "--model", tiny.output.path, "--file", file]).lines
      #expect(lines.allSatisfy { named.contains($0.components(separatedBy: "\t")[0]) })
    }

    @Test func numbersAreTheSameHoweverWritten() throws {
      let tiny = try TinyCommand()
      let train = try table("2.0", "1.0", "2.0", "1.0", as: "train.tsv", in: tiny)
      let other = try table("2", "1", as: "other.tsv", in: tiny)
      #expect(
        try Command.run(
          tiny.finetune(
            "--validation-file", train, "--method", "full", "--max-steps", "40",
            "--learning-rate", "1e-2")
        ).status == 0)
      for file in [train, other] {
        let result = try Command.run(["evaluate", "--model", tiny.output.path, "--data", file])
        #expect(result.lines.first == "accuracy: 1.0000")
      }
      let unknown = try table("0", "1", as: "unknown.tsv", in: tiny)
      let result = try Command.run(["evaluate", "--model", tiny.output.path, "--data", unknown])
      #expect(result.errors.contains("label \"0\" is not known"))
    }

    @Test func namesForAModelThatHasNone() throws {
      let tiny = try tiny(["LABEL_0", "LABEL_1"])
      let file = try table("good", "bad", as: "held.tsv", in: tiny)
      let evaluate = ["evaluate", "--model", tiny.model.url.path, "--data", file, "--json"]
      let unnamed = try Command.run(evaluate)
      #expect(unnamed.status == 1 && unnamed.errors.contains("label \"good\" is not known"))
      let accuracies = try ["good,bad", "bad,good"].map { labels in
        let result = try Command.run(evaluate + ["--labels", labels])
        #expect(result.status == 0, "\(result.errors)")
        return try jsonObject(Data(result.output.utf8))["accuracy"] as? Double ?? -1
      }
      #expect(accuracies[0] + accuracies[1] == 1)
      let few = try Command.run(evaluate + ["--labels", "a,b,c"])
      #expect(few.status == 1 && few.errors.contains("--labels: has 3 labels"))
    }

    @Test func namesThatTheModelKnowsChangeNothing() throws {
      let tiny = try tiny(["negative", "positive"])
      let evaluate = [
        "evaluate", "--model", tiny.model.url.path, "--data", tiny.path("held.tsv"), "--json",
      ]
      let plain = try Command.run(evaluate)
      #expect(plain.status == 0, "\(plain.errors)")
      #expect(try Command.run(evaluate + ["--labels", "Positive,negative"]).output == plain.output)
    }

    @Test func labelsWithCommas() throws {
      let tiny = try TinyCommand()
      let file = try table("yes, please", "no \"or\" never", as: "train.tsv", in: tiny)
      try tiny.folder.write("labels.yaml", "labels: [\"yes, please\", 'no \"or\" never']\n")
      for flags in [
        ["--labels", "\"yes, please\", \"no \"\"or\"\" never\""],
        ["--config", tiny.path("labels.yaml")],
      ] {
        let result = try Command.run(
          tiny.finetune(
            ["--method", "full", "--max-steps", "1", "--overwrite", "--validation-file", file]
              + flags))
        #expect(result.status == 0, "\(result.errors)")
        #expect(try names(tiny.output) == ["0": "yes, please", "1": "no \"or\" never"])
      }
    }

    @Test func whatLooksLikeAMistakeIsSaid() throws {
      let tiny = try TinyCommand()
      let alike = try table("Spam", "spam", " spam", "ham", as: "train.tsv", in: tiny)
      let result = try train(tiny, "--validation-file", alike)
      #expect(result.errors.contains("3 labels: Spam, ham, spam"), "\(result.errors)")
      #expect(result.errors.contains("differ only in upper and lower case"))
      let numbers = (0..<40).map { "good\t\(Double($0) / 4)\n" }.joined()
      try tiny.folder.write("numbers.tsv", "text\tlabel\n" + numbers)
      let file = tiny.path("numbers.tsv")
      let refused = try train(tiny, "--train-file", file, "--validation-file", file, "--overwrite")
      #expect(refused.status == 1 && refused.errors.contains("--task regression"))
      let meant = try train(
        tiny, "--train-file", file, "--validation-file", file, "--overwrite", "--task",
        "classification")
      #expect(meant.status == 0 && meant.errors.contains("--task regression"), "\(meant.errors)")
    }

    @Test func aNumberOfLabelsWithoutNames() throws {
      let tiny = try TinyCommand(.pairs)
      try tiny.model.configure { configuration in
        for key in ["id2label", "label2id", "problem_type"] { configuration[key] = nil }
        configuration["num_labels"] = 3
      }
      let result = try Command.run(["predict", "--model", tiny.model.url.path, "--json", "good"])
      #expect((try jsonObject(Data(result.output.utf8))["logits"] as? [Double])?.count == 3)
      let file = try table("0", "1", "2", as: "train.tsv", in: tiny)
      let trained = try train(tiny, "--validation-file", file)
      #expect(trained.status == 0 && !trained.errors.contains("newly"), "\(trained.errors)")
      #expect(try tiny.output.json("config.json")["num_labels"] == nil)
      try tiny.model.configure { $0["num_labels"] = nil }
      let two = try Command.run(["predict", "--model", tiny.model.url.path, "good"])
      #expect(two.status == 1 && two.errors.contains("has shape"), "\(two.errors)")
      try tiny.model.configure { $0["num_labels"] = -1 }
      let none = try Command.run(["predict", "--model", tiny.model.url.path, "good"])
      #expect(none.errors.contains("config.json: key \"num_labels\""), "\(none.errors)")
    }

    @Test func lossesOfTheClasses() throws {
      let tiny = try TinyCommand()
      let file = try table("x", "y", "x", "x", as: "train.tsv", in: tiny)
      let result = try train(
        tiny, "--validation-file", file, "--class-weights", "balanced", "--label-smoothing", "0.1")
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("class weights: x 0.6667, y 2"), "\(result.errors)")
      let loss = try tiny.output.figures().metrics["loss"] ?? 0
      let evaluate = ["evaluate", "--model", tiny.output.path, "--data", file, "--json"]
      func evaluated(_ flags: String...) throws -> Double {
        let result = try Command.run(evaluate + flags)
        return try jsonObject(Data(result.output.utf8))["loss"] as? Double ?? -1
      }
      #expect(
        try abs(evaluated("--class-weights", "2,6", "--label-smoothing", "0.1") - loss) < 1e-6)
      #expect(try abs(evaluated() - loss) > 1e-3)
      for (flags, message) in [
        (["--class-weights", "1,2,3"], "--class-weights: has 3 weights"),
        (["--class-weights", "1,0"], "--class-weights: expected positive"),
        (["--label-smoothing", "2"], "--label-smoothing: expected from 0 to 1"),
        (
          ["--task", "regression", "--label-smoothing", "0.1"],
          "has no meaning for --task regression"
        ),
      ] {
        let result = try Command.run(
          tiny.finetune(["--overwrite", "--validation-file", file] + flags))
        #expect(result.status != 0 && result.errors.contains(message), "\(result.errors)")
      }
    }

    @Test func theTestFileChoosesNothing() throws {
      let tiny = try TinyCommand()
      try tiny.folder.write("data/train.tsv", TinyData.table(40))
      try tiny.folder.write("data/test.tsv", TinyData.table(20))
      let finetune = [
        "finetune", "--model", tiny.model.url.path, "--output", tiny.output.path, "--method",
        "full",
        "--max-steps", "1", "--data", tiny.path("data"),
      ]
      let plain = try Command.run(finetune)
      #expect(plain.status == 0 && plain.errors.contains("test.tsv is not read"), "\(plain.errors)")
      #expect(try tiny.output.figures().metric == nil)
      let split = try Command.run(finetune + ["--overwrite", "--validation-split", "0.1"])
      #expect(split.errors.contains("4 of 40 examples are held out"), "\(split.errors)")
      #expect(try tiny.output.figures().metric == "accuracy")
      // Resumed, it is the same part.
      let again = try Command.run(finetune + ["--resume", "--validation-split", "0.1"])
      #expect(again.status == 0 && again.errors.contains("nothing to resume"), "\(again.errors)")
      try tiny.folder.write("data/dev.tsv", TinyData.table(20))
      let both = try Command.run(finetune + ["--overwrite", "--validation-split", "0.1"])
      #expect(both.status == 1 && both.errors.contains("validation data already"), "\(both.errors)")
    }

    @Test func saysWhatTrains() throws {
      let tiny = try TinyCommand()
      let result = try Command.run(tiny.finetune().filter { $0 != "--quiet" })
      let figures = try tiny.output.figures()
      let parts = try #require(figures.trainableByPart)
      #expect(parts.keys.sorted() == ["MLP", "attention", "embeddings", "head", "norms"])
      #expect(parts.values.reduce(0, +) == figures.trainableParameters)
      #expect(parts["embeddings"] == (120 + 40 + 2) * 32 && parts["norms"] == 5 * 64)
      #expect(result.errors.contains("trainable parameters: MLP "), "\(result.errors)")
    }
  }
}

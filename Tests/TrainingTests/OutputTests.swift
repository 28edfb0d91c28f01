import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// The folder that a run writes.
  @Suite struct OutputTests {
    @Test func isAFolderOfTransformers() throws {
      let run = try TinyRun()
      _ = try run.job.run()
      #expect(
        run.output.contents == [
          "config.json", "log.jsonl", "metrics.json", "mistakes.jsonl", "model.safetensors",
          "tensorboard",
          "tokenizer.json", "tokenizer_config.json", "training_state.json",
        ])
      for name in ["tokenizer.json", "tokenizer_config.json"] {
        #expect(try run.output.data(name) == run.model.url.data(name))
      }
      let (given, written) = (try Checkpoint(folder: run.model.url), try run.checkpoint())
      #expect(written.names == given.names)
      for name in given.names {
        #expect(try written.tensor(name).info.shape == given.tensor(name).info.shape)
      }
      let config = try run.output.json("config.json")
      #expect(config["id2label"] as? [String: String] == ["0": "negative", "1": "positive"])
      #expect(config["label2id"] as? [String: Int] == ["negative": 0, "positive": 1])
      #expect(config["problem_type"] as? String == "single_label_classification")
      #expect(config["architectures"] as? [String] == ["BertForSequenceClassification"])
      for (key, value) in try run.model.url.json("config.json") where key != "id2label" {
        #expect("\(config[key] ?? "missing")" == "\(value)", "\(key)")
      }
    }

    @Test func tellsFigures() throws {
      let run = try TinyRun {
        var settings = SparseGradSettings.paper
        settings.density = .count(20)
        settings.basisSteps = 2
        $0.method = .sparseGrad(settings)
        $0.seed = .max
        $0.precision = .float32
      }
      let figures = try run.job.run()
      let json = try run.output.json("metrics.json")
      #expect(json["task"] as? String == "classification")
      #expect(json["method"] as? String == "sparsegrad")
      #expect(json["metric"] as? String == "accuracy")
      #expect(json["seed"] as? UInt64 == .max)
      #expect(json["steps"] as? Int == 6 && json["epochs"] as? Double == 1)
      #expect(json["selected_per_mlp_layer"] as? Int == 20)
      let metrics = try #require(json["metrics"] as? [String: Double])
      #expect(metrics.keys.sorted() == ["accuracy", "f1", "loss", "matthews_correlation"])
      #expect(json["score"] as? Double == metrics["accuracy"])
      // Everything but the four MLP weights, whole.
      let total = try ParameterCounts(run.checkpoint()).total
      #expect(json["trainable_parameters"] as? Int == total - 4 * 32 * 64 + 4 * 20)
      #expect(try #require(json["tokens_per_second"] as? Double) > 0)
      #expect(try #require(json["steps_per_second"] as? Double) > 0)
      #expect(try #require(json["peak_process_memory"] as? Int) > 1_000_000)
      let memory = try #require(json["peak_memory"] as? [String: Int])
      let kinds = [
        "activations", "basis", "gradients", "optimizer", "temporary", "total", "weights",
      ]
      #expect(memory.keys.sorted() == kinds)
      // 20 selected elements of each weight have gradients; everything dense has one of its own, tables only
      // of the rows that are read.
      let tables = (120 + 40 + 2) * 32
      let gradients = try #require(memory["gradients"])
      #expect(gradients < 4 * (total - 4 * 32 * 64 + 4 * 20))
      #expect(gradients > 4 * (total - 4 * 32 * 64 + 4 * 20 - tables))
      #expect(try run.output.figures() == figures)
    }

    @Test func logsStepsAndEvaluations() throws {
      let run = try TinyRun {
        $0.logInterval = 2
        $0.maximumSteps = 7
        $0.evaluation = .steps(3)
      }
      _ = try run.job.run()
      let lines = try run.output.jsonLines("log.jsonl")
      let steps = lines.filter { $0["validation"] == nil }
      #expect(steps.compactMap { $0["step"] as? Int } == [2, 4, 6, 7])
      for line in steps {
        #expect(
          line.keys.sorted() == [
            "epoch", "gradient_norm", "learning_rate", "loss", "step", "tokens_per_second",
          ])
      }
      let evaluations = lines.filter { $0["validation"] != nil }
      #expect(evaluations.compactMap { $0["step"] as? Int } == [3, 6, 7])
      #expect(
        evaluations.allSatisfy { ($0["validation"] as? [String: Double])?["accuracy"] != nil })
    }

    @Test func regressesNumbers() throws {
      let folder = try TemporaryFolder()
      var run = try TinyRun(.regression, in: folder) {
        $0.maximumSteps = 300
        $0.learningRate = 3e-3
        $0.evaluation = .steps(300)
      }
      run.job.task = .files(.regression)
      run.job.training = try Dataset(
        contentsOf: folder.write("train.tsv", TinyData.numbers(400)), targets: .numbers)
      run.job.validation = try Dataset(
        contentsOf: folder.write("held.tsv", TinyData.numbers(24, seed: 2)), targets: .numbers)
      let figures = try run.job.run()
      #expect(figures.metric == "pearson")
      #expect(try #require(figures.score) > 0.9)
      let config = try run.output.json("config.json")
      #expect(config["problem_type"] as? String == "regression")
      #expect(config["id2label"] as? [String: String] == ["0": "LABEL_0"])
      let texts = ["the film is good", "the film is bad"].map { Example(text: $0) }
      let answers = try TextClassifier(folder: run.output).predict(texts)
      #expect(answers.allSatisfy { $0.label == nil && $0.probabilities.isEmpty })
      #expect(answers[0].logits[0] > 1 && answers[1].logits[0] < 0)
    }

    @Test func drawsAHeadThatFitsTheData() throws {
      // The fixture's head has three labels, the data two others.
      let run = try TinyRun(.pairs)
      var notices: [String] = []
      _ = try run.job.run { event in
        if case .notice(let text) = event { notices.append(text) }
        return .continue
      }
      #expect(notices.contains { $0.contains("classifier.weight") && !$0.contains("pooler") })
      #expect(try run.checkpoint().tensor("classifier.weight").info.shape == [2, 30])
      #expect(
        try run.output.json("config.json")["id2label"] as? [String: String] == [
          "0": "negative", "1": "positive",
        ])
      // What it wrote has labels that fit, in whatever order the data has them.
      var again = try TinyRun(in: run.folder, output: "again") { $0.learningRate = 1e-12 }
      again.job.model = run.output
      again.job.training = try Dataset(
        examples: [
          Example(text: "good", target: .label(0)), Example(text: "bad", target: .label(1)),
        ],
        labels: LabelSet(["positive", "negative"], source: "test"), source: "sentences")
      let figures = try again.job.run()
      #expect(
        try again.output.json("config.json")["label2id"] as? [String: Int] == [
          "negative": 0, "positive": 1,
        ])
      let metrics = try TextClassifier(folder: run.output)
        .evaluate(#require(again.job.validation))
      #expect(figures.score == metrics[.accuracy])
    }
  }
}

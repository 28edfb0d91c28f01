import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// A RoBERTa with byte-level BPE, from folder to folder.
  @Suite struct RobertaTests {
    /// The fixture's model with as many words as the byte-level tokenizer has.
    private func model(in folder: TemporaryFolder) throws -> URL {
      let source = try ModelFolder(fixtures.appendingPathComponent("roberta/classification"))
      var configuration = try source.configuration()
      configuration["vocab_size"] = 3000
      let checkpoint = try source.checkpoint()
      let tensors = try checkpoint.names.map { name in
        let tensor = try checkpoint.tensor(name)
        guard name.hasSuffix("word_embeddings.weight") else { return NamedTensor(tensor) }
        let rows = try tensor.floats()
        return NamedTensor(name, shape: [3000, 32], Array((0..<25).map { _ in rows }.joined()))
      }
      let url = folder("model")
      try ModelFolder.write(configuration, tensors, tokenizer: nil, to: url)
      let tokenizer = fixtures.appendingPathComponent("tokenizers/byte-level/tokenizer.json")
      try FileManager.default.copyItem(
        at: tokenizer, to: url.appendingPathComponent("tokenizer.json"))
      return url
    }

    private func job(in folder: TemporaryFolder) throws -> FineTuning {
      var job = FineTuning(
        model: try model(in: folder), training: try TinyData.dataset(480),
        validation: try TinyData.dataset(24, seed: 2), output: folder("output"))
      job.threads = 2
      job.settings.batch = .sequences(16)
      return job
    }

    @Test func learnsAndIsReloaded() throws {
      let folder = try TemporaryFolder()
      var job = try job(in: folder)
      job.settings.method = .full
      job.settings.maximumSteps = 200
      job.settings.learningRate = 2e-3
      var notices: [String] = []
      let figures = try job.run { event in
        if case .notice(let text) = event { notices.append(text) }
        return .continue
      }
      #expect(try #require(figures.score) > 0.9)
      // Three labels became two.
      let new = try #require(notices.first { $0.contains("newly initialised") })
      #expect(new.contains("classifier.dense.weight") && new.contains("classifier.out_proj.bias"))
      #expect(!new.contains("roberta."))

      let config = try job.output.json("config.json")
      #expect(config["architectures"] as? [String] == ["RobertaForSequenceClassification"])
      #expect(config["model_type"] as? String == "roberta")
      let (before, after) = (try Checkpoint(folder: job.model), try Checkpoint(folder: job.output))
      #expect(after.names == before.names)

      let classifier = try TextClassifier(folder: job.output)
      let validation = try #require(job.validation)
      #expect(try classifier.evaluate(validation)[.accuracy] == figures.score)
      let answers = try classifier.predict([
        Example(text: "a very lovely film", pair: "and a good story"),
        Example(text: String(repeating: "so awful ", count: 50)),
        Example(text: ""),
      ])
      #expect(answers[0].label == "positive" && answers[1].label == "negative")
    }

    /// The head's dense layer belongs to `mlp+head`.
    @Test func scopes() throws {
      let folder = try TemporaryFolder()
      var job = try job(in: folder)
      var settings = SparseGradSettings.paper
      settings.density = .count(20)
      settings.basisSteps = 2
      job.settings.method = .sparseGrad(settings)
      job.settings.scope = .head
      job.settings.maximumSteps = 4
      let figures = try job.run()
      let head = 32 * 32 + 32 + 2 * 32 + 2
      #expect(figures.trainableParameters == 4 * 20 + 2 * (64 + 32) + head)
      let (before, after) = (try Checkpoint(folder: job.model), try Checkpoint(folder: job.output))
      for name in before.names {
        let isTrained =
          name.hasPrefix("classifier.") || name.contains("intermediate.dense")
          || name.contains("output.dense") && !name.contains("attention")
        let changed = try before.tensor(name).floats() != after.tensor(name).floats()
        #expect(changed == isTrained, "\(name)")
      }
    }
  }
}

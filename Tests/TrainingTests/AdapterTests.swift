import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// Runs that save adapters: base and adapter are the published model, bit for bit.
  @Suite struct AdapterTests {
    struct Variant: CustomTestStringConvertible, Sendable {
      let testDescription: String
      /// How the adapter holds the MLP weights.
      let form: Adapter.Form
      let change: @Sendable (inout TrainingSettings) -> Void
    }

    private static func sparse(
      _ name: String, _ axes: SparseGradSettings.Axes, scope: TrainableScope = .head,
      _ form: Adapter.Form = .change,
      _ change: @escaping @Sendable (inout SparseGradSettings) -> Void = { _ in }
    ) -> Variant {
      Variant(testDescription: name, form: form) {
        var settings = SparseGradSettings.paper
        settings.axes = axes
        // So few that the vectors they need are smaller than the tiny weights.
        settings.density = .count(2)
        settings.basisSteps = 2
        change(&settings)
        $0.method = .sparseGrad(settings)
        $0.scope = scope
      }
    }

    private static func lora(
      _ name: String, _ scope: TrainableScope,
      _ change: @escaping @Sendable (inout LoRASettings) -> Void = { _ in }
    ) -> Variant {
      Variant(testDescription: name, form: .lowRank) {
        var settings = LoRASettings()
        settings.rank = 2
        change(&settings)
        $0.method = .lora(settings)
        $0.scope = scope
      }
    }

    static let variants = [
      sparse("meprop", .none), sparse("meprop, mlp+rest", .none, scope: .all),
      sparse("hidden axis", .hidden), sparse("intermediate axis", .intermediate),
      sparse("both axes", .both), sparse("both axes, mlp only", .both, scope: .mlp),
      sparse("per block", .both) { $0.sharing = .perBlock },
      sparse("candidates", .hidden) {
        ($0.hiddenCandidates, $0.intermediateCandidates) = (0.5, 0.5)
      },
      sparse("candidates without axes", .none) { $0.hiddenCandidates = 0.5 },
      sparse("periodic", .both) { $0.selection = .periodic(interval: 2, observation: 1) },
      sparse("trained preliminary phase", .both, .values) { $0.preliminary = .trained },
      sparse("dense", .both, .values) { $0.density = .share(1) },
      Variant(testDescription: "full", form: .values) { $0.method = .full },
      lora("LoRA", .head), lora("LoRA, mlp+rest", .all),
      lora("LoRA everywhere", .head) { $0.targetModules = .allLinear },
      lora("LoRA, all biases", .mlp) { ($0.bias, $0.usesRankStabilization) = (.all, true) },
      sparse("default settings", .hidden) { $0 = SparseGradSettings() },
    ]

    static let bfloat16 = [
      sparse("bfloat16, both axes", .both) { $0.density = .count(2) },
      sparse("bfloat16, default settings", .hidden) { $0 = SparseGradSettings() },
      lora("bfloat16, LoRA", .head),
    ]

    @Test(arguments: variants) func makesThePublishedModel(variant: Variant) throws {
      try checkPublishedModel(variant, .float32)
    }

    @Test(arguments: bfloat16)
    func makesThePublishedModelInBFloat16(variant: Variant) throws {
      try checkPublishedModel(variant, .bfloat16)
    }

    private func checkPublishedModel(_ variant: Variant, _ precision: Precision) throws {
      var run = try TinyRun {
        variant.change(&$0)
        $0.precision = precision
        $0.save = .both
        $0.saveInterval = 2
      }
      let figures = try run.job.run()
      let adapter = run.output.appendingPathComponent("adapter")
      #expect(
        try Adapter(folder: adapter).contents.contains {
          $0.form == variant.form && $0.content.parameters >= 4
        })
      let engine = try Engine()
      let model = try ModelFolder(run.model.url).model(
        adapters: [Adapter(folder: adapter)], engine)
      #expect(try Fingerprint(of: model.tensors(engine)) == Fingerprint(of: run.checkpoint()))
      // The figures are those of the published model.
      let held = try #require(run.job.validation)
      let values = try TextClassifier(
        folder: run.model.url, adapters: [adapter], precision: precision
      ).evaluate(held).metrics
      #expect(values.all.allSatisfy { figures.metrics[$0.metric.rawValue] == $0.value })

      // It is what trains without an adapter, too, up to the order of sums.
      let plain = try TinyRun(in: run.folder, output: "plain") {
        variant.change(&$0)
        $0.precision = precision
      }
      _ = try plain.job.run()
      let (trained, made) = (try plain.change(), try run.change())
      #expect(trained.norm > 0 && made.minus(trained).norm < 1e-5 * trained.norm)

      // Interrupted and resumed, it is the same file.
      let bytes = try adapter.data("adapter_model.safetensors")
      run.job.output = run.folder("resumed")
      #expect(throws: TrainingInterrupted.self) {
        try run.job.run { event in
          if case .saved(step: 4) = event { return .stop }
          if case .step(let record) = event, record.step == 5 { return .stop }
          return .continue
        }
      }
      run.job.start = .resuming
      _ = try run.job.run()
      #expect(try run.output.data("adapter/adapter_model.safetensors") == bytes)
      #expect(
        run.output.contents == [
          "adapter", "config.json", "log.jsonl", "metrics.json", "mistakes.jsonl",
        ]
          + [
            "model.safetensors", "tensorboard", "tokenizer.json", "tokenizer_config.json",
            "training_state.json",
          ])
    }

    @Test func savesOnlyTheAdapter() throws {
      let run = try TinyRun {
        Self.variants[0].change(&$0)
        $0.save = .adapter
      }
      _ = try run.job.run()
      #expect(
        run.output.contents == [
          "adapter", "log.jsonl", "metrics.json", "mistakes.jsonl", "tensorboard",
          "training_state.json",
        ])
      #expect(
        run.output.appendingPathComponent("adapter").contents == [
          "adapter_config.json", "adapter_model.safetensors",
        ])
    }

    private static let modelFiles = [
      "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
    ]

    /// What is left is the result of the last run, and what no run has written.
    @Test func overwritesResultsOfAnotherKind() throws {
      var run = try TinyRun {
        Self.variants[0].change(&$0)
        $0.saveInterval = 2
      }
      _ = try run.job.run()
      try run.folder.write("output/notes.txt", "mine")
      let always = [
        "log.jsonl", "metrics.json", "mistakes.jsonl", "notes.txt", "tensorboard",
        "training_state.json",
      ]
      #expect(run.output.contents == (Self.modelFiles + always).sorted())
      // An adapter: the model stays until it is there, also when the run is interrupted.
      (run.job.settings.save, run.job.start) = (.adapter, .overwriting)
      #expect(throws: TrainingInterrupted.self) {
        try run.job.run { event in
          if case .step(let record) = event, record.step == 4 { return .stop }
          return .continue
        }
      }
      #expect(Set(run.output.contents).isSuperset(of: Self.modelFiles))
      run.job.start = .fresh
      #expect(throws: InputError.self) { try run.job.run() }
      run.job.start = .resuming
      _ = try run.job.run()
      #expect(run.output.contents == ["adapter"] + always)
      // And a model again.
      (run.job.settings.save, run.job.start) = (.model, .overwriting)
      _ = try run.job.run()
      #expect(run.output.contents == (Self.modelFiles + always).sorted())
    }

    /// A run begun beside somebody's model is no reason to remove that.
    @Test func leavesModelsThatNoRunHasWritten() throws {
      var run = try TinyRun {
        Self.variants[0].change(&$0)
        $0.save = .adapter
      }
      _ = try TinyModel(in: run.folder, name: "output")
      for start in [FineTuning.Start.fresh, .resuming, .overwriting] {
        run.job.start = start
        _ = try run.job.run()
        let own = [
          "adapter", "log.jsonl", "metrics.json", "mistakes.jsonl", "tensorboard",
          "training_state.json",
        ]
        #expect(run.output.contents == (own + Self.modelFiles).sorted())
      }
    }

    /// Two adapters of one base: what both add is added up, of what both replace the last one's remains.
    @Test func stacks() throws {
      let folder = try TemporaryFolder()
      var runs: [TinyRun] = []
      for (name, index) in [("meprop", 0), ("lora", 13)] {
        let run = try TinyRun(in: folder, output: name) {
          Self.variants[index].change(&$0)
          $0.scope = .mlp
          $0.save = .both
        }
        _ = try run.job.run()
        runs.append(run)
      }
      let adapters = try runs.map {
        try Adapter(folder: $0.output.appendingPathComponent("adapter"))
      }
      let engine = try Engine()
      let base = try ModelFolder(runs[0].model.url)
      let stacked = try base.model(adapters: adapters, engine)
      let origin = try base.checkpoint()
      let (first, second) = (try runs[0].checkpoint(), try runs[1].checkpoint())
      for parameter in stacked.parameters where parameter.name.hasSuffix("dense.weight") {
        let parts = try [first, second, origin].map { try $0.tensor(parameter.name).floats() }
        for (i, value) in parameter.value.elements.enumerated() {
          #expect(abs(value - (parts[0][i] + parts[1][i] - parts[2][i])) < 1e-6)
        }
      }
      // One that was trained on what another one makes.
      var next = try TinyRun(in: folder, output: "next") {
        Self.variants[4].change(&$0)
        $0.save = .both
      }
      next.job.model = runs[0].output
      _ = try next.job.run()
      let last = try Adapter(folder: next.output.appendingPathComponent("adapter"))
      let both = try base.model(adapters: [adapters[0], last], engine)
      #expect(try Fingerprint(of: both.tensors(engine)) == Fingerprint(of: next.checkpoint()))
      #expect(throws: InputError.self) { try base.model(adapters: [last], engine) }
    }

    /// Merging by the command; back again; and the difference of two models.
    @Test func mergesAndUnmerges() throws {
      let tiny = try TinyCommand()
      func run(_ arguments: String...) throws {
        let result = try Command.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
      }
      let (model, adapter) = (tiny.model.url.path, tiny.path("output/adapter"))
      let lora = ["--method", "lora", "--lora-rank", "3", "--trainable", "mlp", "--save", "both"]
      #expect(try Command.run(tiny.finetune(lora)).status == 0)
      try run(
        "adapter", "merge", "--model", model, "--adapter", adapter, "--output", tiny.path("merged"))
      let files = ["model.safetensors", "config.json", "tokenizer.json"]
      for file in files {
        #expect(try tiny.output.data(file) == tiny.folder("merged").data(file), "\(file)")
      }
      let texts = ["a good film", "a dull story"]
      let answers = try Command.run(["predict", "--json", "--model", tiny.output.path] + texts)
      let same = try Command.run(
        ["predict", "--json", "--model", model, "--adapter", adapter] + texts)
      #expect(answers.status == 0 && answers.output == same.output)

      try run(
        "adapter", "unmerge", "--model", tiny.path("merged"), "--adapter", adapter, "--output",
        tiny.path("unmerged"))
      let (base, back) = (
        try Checkpoint(folder: tiny.model.url), try Checkpoint(folder: tiny.folder("unmerged"))
      )
      // The adapter brought the head, which is left out.
      #expect(Set(base.names).subtracting(back.names) == ["classifier.bias", "classifier.weight"])
      for name in back.names {
        for (a, b) in zip(try base.tensor(name).floats(), try back.tensor(name).floats()) {
          #expect(abs(a - b) < 1e-6)
        }
      }

      try run(
        "adapter", "extract", "--base", tiny.path("merged"), "--model", model, "--output",
        tiny.path("difference"))
      try run(
        "adapter", "merge", "--model", tiny.path("merged"), "--adapter", tiny.path("difference"),
        "--output", tiny.path("again"))
      #expect(
        try Fingerprint(of: Checkpoint(folder: tiny.folder("again"))) == Fingerprint(of: base))
    }
  }
}

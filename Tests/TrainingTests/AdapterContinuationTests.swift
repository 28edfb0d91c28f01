import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// `FineTuning.adapter`: training that goes on from an adapter.
  @Suite struct AdapterContinuationTests {
    private static let methods: [TrainingMethod] = {
      var lora = LoRASettings()
      (lora.rank, lora.loraAlpha) = (3, 6)
      var sparse = SparseGradSettings()
      (sparse.basisSteps, sparse.density) = (3, .share(0.05))
      return [.lora(lora), .sparseGrad(sparse), .sparseGrad(.meProp)]
    }()

    @Test(arguments: methods) func goesOnFromWhereTheAdapterEnded(method: TrainingMethod) throws {
      var run = try TinyRun {
        $0.method = method
        $0.maximumSteps = 6
        $0.learningRate = 3e-3
        $0.save = .adapter
        $0.precision = .float32
        $0.dropout = 0
      }
      _ = try run.job.run()
      let first = run.output.appendingPathComponent("adapter")
      let held = try #require(run.job.validation)
      func loss(_ adapter: URL) throws -> Double {
        try #require(
          TextClassifier(folder: run.model.url, adapters: [adapter], precision: .float32)
            .evaluate(held)[.loss])
      }
      let before = try loss(first)

      run.job.adapter = first
      run.job.output = run.folder("second")
      run.job.evaluatesFirst = true
      // What LoRA has is told by the adapter.
      if case .lora = method { run.job.settings.method = .lora(LoRASettings()) }
      let figures = try run.job.run()
      #expect(try abs(#require(figures.before?["loss"]) - before) < 1e-6)
      let second = run.job.output.appendingPathComponent("adapter")
      let after = try loss(second)
      #expect(after != before)
      #expect(try abs(#require(figures.metrics["loss"]) - after) < 1e-6)
      // The result belongs to the base that the first adapter belonged to.
      #expect(try Adapter(folder: second).base == Adapter(folder: first).base)
      #expect(
        try Adapter(folder: second).summary == Adapter(folder: first).summary
          || method.name != "lora")
    }

    @Test func isInterruptedAndResumed() throws {
      var run = try TinyRun {
        $0.method = Self.methods[0]
        $0.maximumSteps = 4
        $0.save = .adapter
      }
      _ = try run.job.run()
      run.job.adapter = run.output.appendingPathComponent("adapter")
      run.job.output = run.folder("whole")
      _ = try run.job.run()
      run.job.output = run.folder("parts")
      #expect(throws: TrainingInterrupted.self) {
        try run.job.run { event in
          if case .step(let record) = event, record.step == 2 { return .stop }
          return .continue
        }
      }
      run.job.start = .resuming
      _ = try run.job.run()
      let weights = "adapter/adapter_model.safetensors"
      #expect(
        try Data(contentsOf: run.folder("whole").appendingPathComponent(weights))
          == Data(contentsOf: run.folder("parts").appendingPathComponent(weights)))
      // Without the adapter it is another run.
      run.job.adapter = nil
      #expect(throws: InputError.self) { try run.job.run() }
    }

    @Test func adaptersThatDoNotFit() throws {
      var run = try TinyRun {
        $0.method = .sparseGrad(.meProp)
        $0.maximumSteps = 2
        $0.save = .adapter
      }
      _ = try run.job.run()
      run.job.adapter = run.output.appendingPathComponent("adapter")
      run.job.output = run.folder("second")
      run.job.settings.method = .lora(LoRASettings())
      let error = #expect(throws: InputError.self) { try run.job.run() }
      #expect(error?.description.contains("`save` model") ?? false)
      run.job.settings.save = .model
      #expect(try run.job.run().steps == 2)
      // Of another model.
      run.job.model = run.folder("second")
      run.job.output = run.folder("third")
      #expect(throws: InputError.self) { try run.job.run() }
    }
  }
}

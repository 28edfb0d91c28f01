import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// What one optimiser step does. With an epsilon this large Adam's step is the gradient itself times
  /// learningRate / epsilon, so that weights tell gradients.
  @Suite struct StepTests {
    private static let scale = 1e3

    private static let methods: [TrainingMethod] = {
      var shared = SparseGradSettings.paper
      shared.density = .share(0.1)
      shared.basisSteps = 3
      var periodic = SparseGradSettings.meProp
      periodic.selection = .periodic(interval: 3, observation: 2)
      return [.full, .sparseGrad(shared), .sparseGrad(periodic)]
    }()

    @Test(arguments: methods) func accumulatesExactly(method: TrainingMethod) throws {
      var run = try TinyRun {
        $0.method = method
        $0.epsilon = Self.scale
        $0.learningRate = Self.scale
        $0.scheduler = .constant
        $0.order = .asGiven
        $0.maximumSteps = 4
        $0.precision = .float32
      }
      if case .sparseGrad(let settings) = method, settings.needsBasis {
        let file = run.folder("basis.safetensors")
        _ = try BasisSearch(
          model: run.model.url, data: run.job.training, settings: run.job.settings
        ).run(writingTo: file)
        run.job.basis = file
      }
      _ = try run.job.run()
      let whole = try run.change()
      run.job.settings.batch = .sequences(2)
      run.job.settings.accumulation = 4
      run.job.start = .overwriting
      _ = try run.job.run()
      let parts = try run.change()
      #expect(whole.norm > 1e-3)
      #expect(whole.minus(parts).norm < 1e-5 * whole.norm)
    }

    @Test(arguments: methods.prefix(2)) func clipsTheWholeGradient(method: TrainingMethod) throws {
      let limit = 0.01
      func oneStep(_ limit: Double?) throws -> (change: Double, gradient: Double) {
        let folder = try TemporaryFolder()
        let run = try TinyRun(in: folder) {
          $0.method = method
          $0.epsilon = Self.scale
          $0.learningRate = Self.scale
          $0.maximumSteps = 1
          $0.maximumGradientNorm = limit
        }
        _ = try run.job.run()
        let logged = try run.output.jsonLines("log.jsonl").first?["gradient_norm"] as? Double
        return (try run.change().norm, try #require(logged))
      }
      let free = try oneStep(nil)
      #expect(free.gradient > 10 * limit)
      #expect(abs(free.change / free.gradient - 1) < 1e-3)
      let clipped = try oneStep(limit)
      #expect(abs(clipped.change / limit - 1) < 1e-3)
      #expect(clipped.gradient == free.gradient)
    }

    @Test func decaysWeightsButNotBiasesAndNorms() throws {
      let run = try TinyRun {
        $0.maximumSteps = 1
        $0.learningRate = 1e-3
        $0.epsilon = 1e9
        $0.weightDecay = 1
      }
      _ = try run.job.run()
      let (old, new) = (try Checkpoint(folder: run.model.url), try run.checkpoint())
      for name in new.names {
        let before = try old.tensor(name), after = try new.tensor(name)
        let factor: Float = before.info.shape.count > 1 ? 0.999 : 1
        for (b, a) in zip(try before.floats(), try after.floats()) {
          #expect(abs(b * factor - a) <= 1e-6 * abs(b) + 1e-9, "\(name)")
        }
      }
    }

    /// Twice the rate moves the MLP weights twice as far, and nothing else.
    @Test(arguments: methods + [.lora(LoRASettings())])
    func methodHasARateOfItsOwn(method: TrainingMethod) throws {
      func change(_ ratio: Double?) throws -> [String: [Float]] {
        let run = try TinyRun {
          $0.method = method
          $0.epsilon = Self.scale
          $0.learningRate = Self.scale
          $0.optimizer.sparseLearningRate = ratio.map { $0 * Self.scale }
          $0.scope = .head
          $0.scheduler = .constant
          $0.maximumSteps = 1
          $0.precision = .float32
        }
        _ = try run.job.run()
        return try run.change()
      }
      let plain = try change(nil), doubled = try change(2)
      #expect(try change(1) == plain)
      #expect(plain.filter { $0.key.isMLPWeight }.norm > 1e-4)
      for (name, values) in plain {
        let other = try #require(doubled[name])
        guard name.isMLPWeight else {
          #expect(other == values, "\(name)")
          continue
        }
        let expected = [name: values.map { 2 * $0 }]
        #expect([name: other].minus(expected).norm < 1e-4 * expected.norm, "\(name)")
      }
    }

    /// The head moves in each of its own steps, everything else in the one step of the run: by the rate at most.
    @Test func headTrainsAloneFirst() throws {
      let rate = 1e-3
      let run = try TinyRun {
        $0.method = .full
        $0.learningRate = rate
        $0.schedule.headSteps = 5
        $0.scheduler = .constant
        $0.maximumSteps = 1
        $0.maximumGradientNorm = nil
        $0.precision = .float32
      }
      var seen: [Int] = []
      _ = try run.job.run { event in
        if case .head(let step, of: 5) = event { seen.append(step) }
        return .continue
      }
      #expect(seen == Array(0...5))
      var farthest: (head: Float, rest: Float) = (0, 0)
      for (name, values) in try run.change() {
        let distance = values.map(abs).max() ?? 0
        if name.hasPrefix("classifier") || name.contains("pooler") {
          farthest.head = max(farthest.head, distance)
        } else {
          farthest.rest = max(farthest.rest, distance)
        }
      }
      #expect(farthest.rest > 0.5 * Float(rate) && farthest.rest < 1.01 * Float(rate))
      #expect(farthest.head > 3 * Float(rate))
    }

    /// A head that does not train has no steps of its own.
    @Test func headStepsNeedAHead() throws {
      var settings = TrainingSettings()
      (settings.schedule.headSteps, settings.scope) = (1, .mlp)
      #expect { try settings.validate() } throws: {
        ($0 as? InputError)?.setting == .headSteps
      }
    }

    @Test func drawsDropoutFromTheSeed() throws {
      func weights(_ dropout: Float, seed: UInt64) throws -> Data {
        let run = try TinyRun {
          $0.dropout = dropout
          $0.seed = seed
          $0.order = .asGiven
        }
        _ = try run.job.run()
        return try run.weights()
      }
      // The fixture has its head, so without dropout and shuffling nothing is random.
      #expect(try weights(0, seed: 1) == weights(0, seed: 2))
      #expect(try weights(0.3, seed: 1) == weights(0.3, seed: 1))
      #expect(try weights(0.3, seed: 1) != weights(0.3, seed: 2))
      #expect(try weights(0.3, seed: 1) != weights(0, seed: 1))
    }

    @Test func mePropMovesOnlyTheSelectedElements() throws {
      let run = try TinyRun {
        var settings = SparseGradSettings.meProp
        settings.density = .count(100)
        $0.method = .sparseGrad(settings)
        $0.maximumSteps = 1
        $0.scheduler = .constant
      }
      var sawPreliminaryPhase = false
      let figures = try run.job.run { event in
        if case .basis = event { sawPreliminaryPhase = true }
        return .continue
      }
      #expect(!sawPreliminaryPhase)
      #expect(figures.method == "meprop" && figures.selectedPerMLPLayer == 100)
      for (name, change) in try run.change() where name.isMLPWeight {
        #expect(change.count { $0 != 0 } == 100, "\(name)")
      }
    }
  }
}

extension String {
  var isMLPWeight: Bool {
    hasSuffix("intermediate.dense.weight")
      || hasSuffix("output.dense.weight") && !contains("attention")
  }

  var isMLPBias: Bool {
    hasSuffix("intermediate.dense.bias") || hasSuffix("output.dense.bias") && !contains("attention")
  }
}

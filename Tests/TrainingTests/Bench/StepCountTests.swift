import Foundation
import SparseGrad
import TestSupport
import Testing

@testable import Experiments

extension TrainingRuns {
  /// A cheap guard of speed: how many products a step issues, and that it allocates nothing once memory has been seen.
  @Suite struct StepCountTests {
    struct Case: CustomTestStringConvertible {
      let name: String
      let method: TrainingMethod
      /// Of a step of the tiny model: two blocks of six linear layers each, and two of the head.
      let products: Int

      var testDescription: String { name }
    }

    private static func sparse(_ change: (inout SparseGradSettings) -> Void) -> TrainingMethod {
      var settings = SparseGradSettings.paper
      settings.basisSteps = 2
      change(&settings)
      return .sparseGrad(settings)
    }

    static let cases = [
      // For each of four MLP layers a rotation; the way back of so few candidates is none.
      Case(name: "sparsegrad", method: .sparseGrad(SparseGradSettings()), products: 42 + 4),
      // Forward, input gradient and weight gradient of 14 layers.
      Case(name: "full", method: .full, products: 42),
      Case(name: "meprop", method: .sparseGrad(.meProp), products: 42),
      // For each of four MLP layers two rotations and the way back.
      Case(
        name: "both axes", method: sparse { $0.axes = .both }, products: 42 + 4 * 3),
      Case(
        name: "hidden axis", method: sparse { $0.axes = .hidden }, products: 42 + 4),
      // For each of four MLP layers six products with the factors instead of a weight gradient.
      Case(name: "lora", method: .lora(LoRASettings()), products: 42 + 4 * (6 - 1)),
    ]

    @Test(arguments: cases, Precision.allCases)
    func productsAndAllocations(_ one: Case, _ precision: Precision) throws {
      let plan = BatchPlan(.sequences(4), of: .normal(mean: 20), maximum: 32, steps: 12, seed: 5)
      let job = BenchmarkJob(
        model: .folder(fixtures.appendingPathComponent("bert/classification")),
        work: .training(one.method, .all), precision: precision, size: .sequences(4),
        batches: plan.batches, warmUp: 6, threads: 2, seed: 5, basis: nil)
      let measured = try BenchmarkRun(job, productPeak: 1).measure()
      #expect(measured.steps.count == 6)
      #expect(measured.counts.products == 6 * one.products)
      #expect(measured.counts.systemAllocations == 0)
    }

    /// Inference issues the forward pass alone.
    @Test func inference() throws {
      let job = BenchmarkJob(
        model: .folder(fixtures.appendingPathComponent("bert/classification")), work: .inference,
        precision: .float32, size: .sequences(2), batches: [[9, 20], [8, 8]], warmUp: 1, threads: 2,
        seed: 5, basis: nil)
      let measured = try BenchmarkRun(job, productPeak: 1).measure()
      #expect(measured.counts.products == 14 && measured.counts.systemAllocations == 0)
      #expect(measured.steps.map(\.tokens) == [16])
    }
  }
}

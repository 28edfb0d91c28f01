import Foundation
import SparseGrad
import TestSupport
import Testing

@testable import Experiments

extension TrainingRuns {
  @Suite struct StepProfileTests {
    private static let batches = [[9, 20], [30, 8], [12, 12]]

    private func measure(_ work: BenchmarkJob.Work) throws -> BenchmarkMeasurement {
      let job = BenchmarkJob(
        model: .folder(fixtures.appendingPathComponent("bert/classification")), work: work,
        precision: .float32, size: .sequences(2), batches: Self.batches, warmUp: 1, threads: 2,
        seed: 5, basis: nil, profiles: true)
      return try BenchmarkRun(job, productPeak: 1).measure()
    }

    /// The products of these methods are exactly those that their formulas ask for.
    @Test(arguments: [TrainingMethod.full, .lora(LoRASettings())], TrainableScope.allCases)
    func productsAreThoseCounted(_ method: TrainingMethod, _ scope: TrainableScope) throws {
      let measured = try measure(.training(method, scope))
      let profile = try #require(measured.profile)
      // Attention is no product of the engine: hidden size 32, all queries in block 0, one in block 1.
      let attention = Self.batches.dropFirst().joined().reduce(0) { sum, length in
        let blocks = (4 * 32 * length * length, 4 * 32 * length)
        return sum + (scope == .all ? 3 * blocks.0 : blocks.0) + 3 * blocks.1
      }
      let counted = measured.steps.reduce(0) { $0 + $1.operations } - attention
      let issued = profile.entries.filter { $0.work == "products" }.reduce(0) { $0 + 2 * $1.flops }
      #expect(Int(issued.rounded()) == counted)
    }

    @Test func timeAddsUp() throws {
      let measured = try measure(.training(.sparseGrad(.meProp), .all))
      let profile = try #require(measured.profile)
      let seconds = measured.steps.reduce(0) { $0 + $1.seconds } / 2
      #expect(abs(profile.seconds - seconds) < 1e-9)
      #expect(profile.entries.allSatisfy { $0.seconds > -1e-9 })
      #expect(
        Set(profile.entries.compactMap(\.part)) == [
          "embeddings", "attention", "feed-forward", "head", "loss", "optimizer",
        ])
      #expect(Set(profile.entries.compactMap(\.phase)) == ["forward", "backward", "update"])
      let products = profile.entries.filter { $0.work == "products" }.reduce(0) { $0 + $1.calls }
      #expect(products == 42)
      for (part, operation) in [
        ("attention", "attentionBackward"), ("feed-forward", "activate"), ("optimizer", "adamW"),
      ] {
        #expect(
          profile.entries.contains { $0.part == part && $0.operation == operation }, "\(operation)")
      }
      let tables = profile.tables("tiny", productPeak: 1e12)
      #expect(tables.count == 2 && tables[0].rows.last?.first == "step")
      #expect(
        tables.allSatisfy { table in table.rows.allSatisfy { $0.count == table.columns.count } })
    }

    @Test func inferenceHasForwardPassesOnly() throws {
      let profile = try #require(try measure(.inference).profile)
      #expect(Set(profile.entries.compactMap(\.phase)) == ["forward"])
    }
  }
}

import Foundation
import SparseGrad
import Testing

extension TrainingRuns {
  @Suite struct ScopeTests {
    private static let methods: [TrainingMethod] = [.full, .sparseGrad(.meProp)]

    @Test(arguments: TrainableScope.allCases, methods)
    func leavesTheRestAsItWas(scope: TrainableScope, method: TrainingMethod) throws {
      let run = try TinyRun {
        $0.scope = scope
        $0.method = method
        $0.weightDecay = 0.1
      }
      _ = try run.job.run()
      for (name, change) in try run.change() {
        let isHead = name.contains("pooler") || name.contains("classifier")
        let trains =
          switch scope {
          case .all: true
          case .head: name.isMLPWeight || name.isMLPBias || isHead
          case .mlp: name.isMLPWeight || name.isMLPBias
          }
        #expect(change.contains { $0 != 0 } == trains, "\(name)")
      }
    }
  }
}

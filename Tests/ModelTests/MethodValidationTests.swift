import Layers
import Models
import Support
import Testing

@testable import Compute
@testable import Methods

/// Settings that only the model's layers show to be of no use.
@Suite(.serialized) struct MethodValidationTests {
  private func selecting(_ count: Int, model: Double?, hidden: Double) -> SparseGradSettings {
    var settings = SparseGradSettings()
    settings.density = .count(count)
    settings.hiddenCandidates = model
    settings.intermediateCandidates = hidden
    return settings
  }

  /// An axis of 30 and one of 50: 3 and 25 of them are candidates.
  @Test func asManyElementsAsCandidates() throws {
    let fitting = selecting(75, model: 0.1, hidden: 0.5)
    try fitting.validate(hiddenSize: 30, intermediateSize: 50)
    let error = try #require(throws: InputError.self) {
      try selecting(76, model: 0.1, hidden: 0.5).validate(hiddenSize: 30, intermediateSize: 50)
    }
    #expect(error.setting == .selected && error.problem.contains("more than the 75 candidates"))
    // The default follows the number, and without a basis all elements are candidates.
    func each(_ count: Int) -> [SparseGradSettings] {
      var plain = SparseGradSettings.meProp
      plain.density = .count(count)
      return [selecting(count, model: nil, hidden: 1), plain]
    }
    for settings in [1, 75, 1500].flatMap(each) {
      try settings.validate(hiddenSize: 30, intermediateSize: 50)
    }
    for settings in [1501, Int.max].flatMap(each) {
      let error = try #require(throws: InputError.self) {
        try settings.validate(hiddenSize: 30, intermediateSize: 50)
      }
      #expect(error.problem.contains("is more than the 1500 elements"))
    }
  }

  @Test func modelsRefuseThem() throws {
    let engine = try Engine()
    let model = try ModelFixture("bert/pairs").model(engine)
    let tooMany = TrainingMethod.sparseGrad(selecting(76, model: 0.1, hidden: 0.5))
    var nowhere = LoRASettings()
    nowhere.targetModules = .names(["nowhere"])
    let refused: [(TrainingMethod, Setting)] = [
      (tooMany, .selected), (.lora(nowhere), .targetModules),
    ]
    for (method, setting) in refused {
      let error = try #require(throws: InputError.self) { try model.validate(method) }
      #expect(error.setting == setting)
      // Before anything has changed.
      _ = try model.train(.full, scope: .mlp, engine)
      #expect(throws: error) { try model.train(method, scope: .all, engine) }
      #expect(model.linears.allSatisfy { ($0.linear.learner != nil) == $0.role.isMLP })
    }
  }
}

import Layers
import Models
import Support
import Testing

@testable import Compute
@testable import Methods

/// LoRA against plain training of the merged weights, and against differences of the loss.
@Suite(.serialized) struct LoRATests {
  private static let settings: [LoRASettings] = {
    var everywhere = LoRASettings()
    everywhere.rank = 3
    everywhere.targetModules = .allLinear
    everywhere.usesRankStabilization = true
    var names = everywhere
    names.targetModules = .names(["query", "intermediate.dense"])
    names.loraAlpha = 5
    return [LoRASettings(), everywhere, names]
  }()

  private func draw(_ model: any TransformerModel) {
    for (index, site) in model.linears.enumerated() {
      guard let lora = site.linear.learner as? LoRA else { continue }
      _ = lora.up.value.elements.update(
        from: normals(lora.up.count, seed: UInt64(index), scale: 0.1))
      lora.up.valueChanged()
    }
  }

  /// dW of the merged weight decides every gradient: dB = s dW Aᵀ, dA = s Bᵀ dW; below, nothing differs.
  @Test(arguments: settings) func equalsMergedWeights(_ settings: LoRASettings) throws {
    let fixture = try ModelFixture("bert/pairs")
    let (engine, other) = (try Engine(), try Engine())
    let (model, merged) = (try fixture.model(engine), try fixture.model(other))
    _ = try model.train(.lora(settings), scope: .all, engine)
    draw(model)
    _ = try merged.train(.full, scope: .all, other)
    for (ours, theirs) in zip(model.linears, merged.linears) {
      guard let lora = ours.linear.learner as? LoRA else { continue }
      lora.merge(into: theirs.linear.weight.value, other)
    }
    let (batch, targets) = try fixture.batch(0)
    let logits = model.pass(batch, targets, engine), expected = merged.pass(batch, targets, other)
    #expect(relativeError(logits, expected) < 1e-5)

    let s = settings.scaling
    var count = 0
    for (ours, theirs) in zip(model.linears, merged.linears) {
      guard let lora = ours.linear.learner as? LoRA else { continue }
      count += 1
      let g = DoubleMatrix(try #require(theirs.linear.weight.gradient))
      let (a, b) = (DoubleMatrix(lora.down.value), DoubleMatrix(lora.up.value))
      let up = (g * a.transposed).scaled(s), down = (b.transposed * g).scaled(s)
      #expect(up.distance(to: try #require(lora.up.gradient)) < 1e-5)
      #expect(down.distance(to: try #require(lora.down.gradient)) < 1e-5)
    }
    #expect(count == [6, 19, 6][Self.settings.firstIndex(of: settings) ?? 0])
    // A key's bias moves all scores of a row alike: its gradient is rounding.
    for (ours, theirs) in zip(model.parameters, merged.parameters)
    where !ours.name.hasSuffix("key.bias") {
      guard let gradient = ours.wholeGradient, let expected = theirs.wholeGradient else { continue }
      #expect(relativeError(gradient, expected) < 1e-4, "\(ours.name)")
    }
  }

  @Test(arguments: Precision.allCases) func startsFromTheBaseModel(_ precision: Precision) throws {
    let fixture = try ModelFixture("bert/classification")
    let engine = try Engine(precision: precision)
    let model = try fixture.model(engine)
    let (batch, targets) = try fixture.batch(0)
    let before = model.pass(batch, targets, engine)
    _ = try model.train(.lora(LoRASettings()), scope: .head, engine)
    #expect(model.pass(batch, targets, engine) == before)
  }

  @Test func differencesWithDropout() throws {
    let fixture = try ModelFixture("bert/classification")
    let engine = try Engine()
    let model = try fixture.model(engine, dropout: 0.2)
    var settings = Self.settings[1]
    settings.loraDropout = 0.3
    _ = try model.train(.lora(settings), scope: .mlp, engine)
    draw(model)
    let pass = Pass(engine, .training(dropout: Dropout(seed: 8, pass: 1)))
    _ = try fixture.loss(model, pass, .forwardAndBackward)
    let check = GradientCheck(
      function: { (try? fixture.loss(model, pass, .forward)) ?? .nan }, step: 2e-3,
      tolerance: 5e-3)
    let factors = model.linears.compactMap { $0.linear.learner as? LoRA }.flatMap {
      [$0.down, $0.up]
    }
    check.run(try factors.map { try .init($0) })
  }

  @Test func badSettings() throws {
    let fixture = try ModelFixture("bert/classification")
    let engine = try Engine()
    let model = try fixture.model(engine)
    func rejects(_ change: (inout LoRASettings) -> Void) {
      var settings = LoRASettings()
      change(&settings)
      #expect(throws: InputError.self) { try model.train(.lora(settings), scope: .head, engine) }
    }
    rejects { $0.rank = 0 }
    rejects { $0.loraAlpha = 0 }
    rejects { $0.loraDropout = 1 }
    rejects { $0.targetModules = .names(["nowhere"]) }
    rejects { $0.targetModules = .names([]) }
    rejects { $0.targetModules = .pattern("(") }
  }
}

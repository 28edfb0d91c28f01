import Layers
import Models
import Testing

@testable import Compute
@testable import Methods

/// The whole model: differences of the loss with dropout on, and independence of the thread count.
@Suite(.serialized) struct ClassifierGradientTests {
  @Test(arguments: [
    "bert/classification", "bert/pairs", "bert/regression", "roberta/classification",
    "roberta/regression",
  ])
  func everyParameterWithDropout(_ name: String) throws {
    let fixture = try ModelFixture(name)
    let engine = try Engine()
    let model = try fixture.model(engine, dropout: 0.2)
    _ = try model.train(.full, scope: .all, engine)
    let pass = Pass(engine, .training(dropout: Dropout(seed: 8, pass: 1)))
    let size = try fixture.loss(model, pass, .forwardAndBackward)
    let check = GradientCheck(
      function: { (try? fixture.loss(model, pass, .forward)) ?? .nan }, step: 2e-3,
      tolerance: 5e-3, noise: 1e-4 * max(1, size))
    check.run(try model.parameters.map { try .init($0) })
  }

  @Test(arguments: Precision.allCases)
  func threads(_ precision: Precision) throws {
    let fixture = try ModelFixture("bert/head-size-20")
    let gradients = try [1, 2, 3].map { threads in
      let engine = try Engine(precision: precision, threads: threads)
      let model = try fixture.model(engine, dropout: 0.1)
      _ = try model.train(.full, scope: .all, engine)
      let pass = Pass(engine, .training(dropout: Dropout(seed: 8, pass: 1)))
      let loss = try fixture.loss(model, pass, .forwardAndBackward)
      return try model.parameters.flatMap { try #require($0.wholeGradient).map(\.bitPattern) }
        + [Float(loss).bitPattern]
    }
    #expect(gradients[0] == gradients[1])
    #expect(gradients[0] == gradients[2])
  }

  /// What is computed again is the same, to the last bit; less is kept.
  @Test(arguments: Precision.allCases)
  func recomputation(_ precision: Precision) throws {
    let fixture = try ModelFixture("bert/head-size-20")
    var peaks: [Int] = []
    let gradients = try [ActivationCheckpointing.none, .blocks].map { checkpointing in
      let engine = try Engine(precision: precision)
      let model = try fixture.model(engine, dropout: 0.1)
      var settings = LoRASettings()
      settings.loraDropout = 0.1
      _ = try model.train(.lora(settings), scope: .all, engine)
      let pass = Pass(
        engine, .training(dropout: Dropout(seed: 8, pass: 1)), checkpointing: checkpointing)
      let loss = try fixture.loss(model, pass, .forwardAndBackward)
      peaks.append(engine.ledger.peak[.activations] ?? 0)
      return model.parameters.compactMap(\.wholeGradient).joined().map(\.bitPattern)
        + [Float(loss).bitPattern]
    }
    #expect(gradients[0] == gradients[1])
    // Three blocks of a few columns gain little; in bfloat16 their inputs, which stay float32, are as much.
    if precision == .float32 { #expect(peaks[1] < peaks[0]) }
  }

  /// Nothing of a batch reaches its neighbours: sequences give the same logits alone.
  @Test func sequencesAreIndependent() throws {
    let fixture = try ModelFixture("bert/pairs")
    let engine = try Engine()
    let model = try fixture.model(engine)
    let (batch, _) = try fixture.batch(0)
    let together = model.logits(batch, engine)
    for s in 0..<batch.sequenceCount {
      let tokens = batch.offsets[s]..<batch.offsets[s + 1]
      var one = TokenBatch()
      one.append(ids: Array(batch.ids[tokens]), typeIds: Array(batch.typeIds[tokens]))
      let alone = model.logits(one, engine)
      #expect(relativeError(alone.elements, Array(together[row: s])) < 1e-5)
    }
  }
}

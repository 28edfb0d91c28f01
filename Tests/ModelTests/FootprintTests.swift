import Layers
import Models
import Testing
import Weights

@testable import Compute
@testable import Methods

/// What SparseGrad's memory grows with, by the ledger.
@Suite(.serialized) struct FootprintTests {
  /// With a support that is kept for a while, the optimiser holds a few numbers per selected element, and one
  /// matrix of squares for the layer that observes: they take turns.
  @Test func optimizerIsProportionalToTheSelection() throws {
    let fixture = try ModelFixture("bert/classification")
    let engine = try Engine()
    let model = try fixture.model(engine)
    let k = 10
    var settings = SparseGradSettings.meProp
    settings.density = .count(k)
    settings.selection = .periodic(interval: 10, observation: 2)
    let trainables = try model.train(.sparseGrad(settings), scope: .mlp, engine).all
    let layers = trainables.count { $0 is SparseGrad }
    let dense = trainables.filter { $0 is DenseParameter }.reduce(0) { $0 + $1.trainableCount }
    #expect(layers == 4)
    let ledger = engine.ledger
    let gradients = 4 * (layers * k + dense)
    #expect(ledger.current[.gradients] == gradients)
    #expect(ledger.current[.optimizer] == layers * 4 * k + 8 * dense)
    // The support, and lists of index and two moments.
    let bound = layers * (4 * k + 12 * k) + 8 * dense
    let squares = 4 * 32 * 64
    for step in 1...40 {
      let (batch, targets) = try fixture.batch(step % fixture.batchCount)
      model.pass(batch, targets, engine)
      for trainable in trainables {
        trainable.step(AdamStep(learningRate: 1e-3, number: step), engine)
      }
      let held = try #require(ledger.current[.optimizer])
      #expect(held <= bound + squares, "step \(step)")
      #expect(ledger.current[.gradients] == gradients)
      #expect(ledger.current[.temporary] == 0 && ledger.current[.activations] == 0)
    }
    #expect(try #require(ledger.peak[.optimizer]) <= bound + squares)
  }

  @Test(arguments: SparseGradSettings.Sharing.allCases)
  func basisDoesNotGrowWithSamples(_ sharing: SparseGradSettings.Sharing) throws {
    let fixture = try ModelFixture("bert/pairs")
    let peaks = try [3, 12].map { batches in
      let engine = try Engine()
      let model = try fixture.model(engine)
      var settings = SparseGradSettings.paper
      settings.sharing = sharing
      let builder = BasisBuilder(model, settings, Fingerprint(hexadecimal: "0"), engine)
      for _ in 0..<batches {
        let (batch, targets) = try fixture.batch(0)
        model.pass(batch, targets, engine)
      }
      let basis = try builder.finish()
      #expect(basis.samples == batches * 6)
      let vectors = 2 * 4 * (30 * 30 + 50 * 50) * (sharing == .shared ? 1 : 3)
      #expect(engine.ledger.peak[.basis] == vectors)
      return engine.ledger.peakTotal
    }
    #expect(peaks[0] == peaks[1])
  }
}

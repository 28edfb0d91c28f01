import Testing

@testable import Compute

/// Gradients that take the places of activations.
struct StepGradientsTests {
  /// A backward pass over layers that each keep so many numbers and have a gradient of so many.
  @Test(arguments: [100, 2000, 3000], [1900, 2000, 2500])
  func nothingIsOverwritten(_ kept: Int, _ gradient: Int) throws {
    let engine = try Engine(threads: 1), layers = 10
    for _ in 0..<3 {
      var tapes: [(UnsafeMutablePointer<Float>, Arena.Mark)] = []
      for layer in 0..<layers {
        let start = engine.activations.mark
        let values: UnsafeMutablePointer<Float> = engine.activations.allocate(kept)
        values.update(repeating: Float(layer), count: kept)
        tapes.append((values, start))
      }
      var gradients: [UnsafeMutablePointer<Float>] = []
      for (layer, (values, start)) in tapes.enumerated().reversed() {
        let place = engine.stepGradients.take(gradient, of: Float.self, .amongActivations)
        place.update(repeating: 100 + Float(layer), count: gradient)
        #expect((0..<kept).allSatisfy { values[$0] == Float(layer) })
        engine.activations.reset(to: start)
        gradients.insert(place, at: 0)
      }
      for (layer, place) in gradients.enumerated() {
        #expect((0..<gradient).allSatisfy { place[$0] == 100 + Float(layer) })
        engine.stepGradients.give(gradient, of: Float.self)
      }
      #expect(engine.ledger.current[.gradients] == 0)
    }
  }

  /// Where activations are larger than gradients, a step needs hardly more than the activations.
  @Test func placesAreShared() throws {
    let engine = try Engine(threads: 1)
    let base = engine.activations.mark
    let first: UnsafeMutablePointer<Float> = engine.activations.allocate(1600)
    var marks = [base]
    for _ in 1..<8 {
      marks.append(engine.activations.mark)
      _ = engine.activations.allocate(1600, of: Float.self)
    }
    var last = first
    for mark in marks.reversed() {
      last = max(last, engine.stepGradients.take(800, of: Float.self, .amongActivations) + 800)
      engine.activations.reset(to: mark)
    }
    #expect(last - first <= 9 * 1600)
    #expect(engine.ledger.peakTotal <= 4 * (8 * 1600 + 800))
    // Activations of a pass that keeps some of its own end below the gradients.
    #expect(engine.activations.limit > 0)
    for _ in marks { engine.stepGradients.give(800, of: Float.self) }
    #expect(engine.activations.limit == engine.activations.space.room)
  }

  @Test func thoseApartLeaveRoom() throws {
    let engine = try Engine(threads: 1)
    let place = engine.stepGradients.take(100, of: BFloat16.self, .apart)
    place.update(repeating: BFloat16(bits: 7), count: 100)
    let values: UnsafeMutablePointer<Float> = engine.activations.allocate(1 << 20)
    values.update(repeating: 1, count: 1 << 20)
    #expect((0..<100).allSatisfy { place[$0].bits == 7 })
    engine.stepGradients.give(100, of: BFloat16.self)
  }
}

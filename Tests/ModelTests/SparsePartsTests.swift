import Layers
import Testing

@testable import Compute
@testable import Methods

/// The parts of SparseGrad by themselves.
@Suite(.serialized) struct SparsePartsTests {
  /// Moments of visited elements against moments of all elements, over random supports.
  @Test func momentsEqualDenseOnes() throws {
    let engine = try Engine()
    let (size, k) = (300, 25)
    let moments = try SparseMoments(upTo: size, engine.ledger)
    let first = engine.activations.matrix(1, size, of: Float.self)
    let second = engine.activations.matrix(1, size, of: Float.self)
    first.elements.update(repeating: 0)
    second.elements.update(repeating: 0)
    var visited: Set<UInt32> = []
    func someElements(_ number: Int) -> [UInt32] {
      var random = RandomStream(seed: 3, purpose: .shuffling, index: number)
      return (0..<UInt32(size)).shuffled(using: &random).prefix(k).sorted()
    }
    for number in 1...40 {
      // Supports are new, or the same as in the step before, or return after a while.
      let support = someElements(number % 10 == 1 ? number - 1 : number % 4 == 0 ? 2 : number % 20)
      visited.formUnion(support)
      let gradient = normals(k, seed: UInt64(number))
      let step = AdamStep(learningRate: 0.1, number: number)
      var delta = [Float](repeating: .nan, count: k)
      moments.step(
        step, support: support, gradient: gradient, count: k, delta: &delta, engine)
      for (i, index) in support.enumerated() {
        var change: Float = .nan
        engine.adamDelta(
          step, gradient: [gradient[i]], first: first.data + Int(index),
          second: second.data + Int(index), delta: &change, count: 1)
        #expect(delta[i] == change, "step \(number), element \(index)")
      }
      #expect(moments.count == visited.count)
      if number % 10 == 0 {
        // A new support keeps what it shares with the old one and forgets the rest.
        let kept = someElements(number)
        moments.restrict(to: kept, count: k, engine)
        visited = Set(kept)
        for index in 0..<size where !visited.contains(UInt32(index)) {
          (first.data[index], second.data[index]) = (0, 0)
        }
      }
    }
  }

  /// dY with zero rows and columns, as gradients of padded batches have them.
  private func sparseGradient(_ engine: Engine) -> Matrix<Float> {
    let dy = engine.activations.matrix(31, 17, of: Float.self)
    for (i, value) in normals(dy.count, seed: 5).enumerated() {
      let (r, c) = i.quotientAndRemainder(dividingBy: 17)
      dy.data[i] = r % 3 == 1 || c == 4 || c > 13 ? 0 : value
    }
    return dy
  }

  @Test func zerosChangeNothing() throws {
    let engine = try Engine()
    var make = LayerFactory(engine)
    let (dy, x, product) = (sparseGradient(engine), make.matrix(31, 9), make.matrix(17, 9))
    SparseByDense(threshold: 0).multiply(dy, x, into: product, engine)
    #expect((DoubleMatrix(dy).transposed * DoubleMatrix(x)).distance(to: product) < 1e-5)

    dy.elements.update(repeating: 0)
    SparseByDense(threshold: 0).multiply(dy, x, into: product, engine)
    #expect(product.elements.allSatisfy { $0 == 0 })
  }

  @Test(arguments: [0.5, 1.5, 2.5, 100] as [Float])
  func thresholds(_ threshold: Float) throws {
    let engine = try Engine()
    var make = LayerFactory(engine)
    let (dy, x, product) = (sparseGradient(engine), make.matrix(31, 9), make.matrix(17, 9))
    SparseByDense(threshold: threshold).multiply(dy, x, into: product, engine)
    // What is left of dY: rows and columns that have an element above the threshold.
    var kept = DoubleMatrix(dy)
    let rows = (0..<31).filter { r in (0..<17).contains { abs(dy[row: r][$0]) > threshold } }
    let columns = (0..<17).filter { c in (0..<31).contains { abs(dy[row: $0][c]) > threshold } }
    for r in 0..<31 {
      for c in 0..<17 where !rows.contains(r) || !columns.contains(c) { kept[r, c] = 0 }
    }
    #expect((kept.transposed * DoubleMatrix(x)).distance(to: product) < 1e-5)
  }

  /// A layer's periods: windows of `observation` steps, `interval` apart, each followed by a choice.
  @Test(arguments: [(10, 3), (7, 7), (1, 1), (5, 2)])
  func schedule(_ interval: Int, _ observation: Int) {
    for layer in 0..<12 {
      let schedule = SupportSchedule(
        .periodic(interval: interval, observation: observation), layer: layer)
      let observed = (0..<60).map { schedule.observes(step: $0) }
      let chosen = (1...60).filter { schedule.reselects(after: $0) }
      #expect(zip(chosen, chosen.dropFirst()).allSatisfy { $1 - $0 == interval })
      for count in chosen where count >= observation {
        #expect(observed[count - observation..<count].allSatisfy { $0 })
      }
      #expect(observed.count { $0 } <= 60 * observation / interval + observation)
    }
    #expect(!SupportSchedule(.dynamic, layer: 0).observes(step: 0))
  }
}

import Compute
import Layers
import Models
import Support
import Testing

/// Models of published shapes with random weights.
@Suite(.serialized) struct ModelShapeTests {
  /// As many parameters as the published models have, with two labels.
  @Test(arguments: [
    (ModelShape.minilm, 22_713_986), (.bertBase, 109_483_778), (.robertaBase, 124_647_170),
    (.bertLarge, 335_143_938), (.robertaLarge, 355_361_794),
  ])
  func parameters(_ shape: ModelShape, _ count: Int) throws {
    let engine = try Engine()
    let clock = ContinuousClock()
    let start = clock.now
    let model = try shape.randomModel(head: .classification(labels: ["a", "b"]), engine)
    print("\(shape.rawValue): \(count) weights drawn in \(clock.now - start)")
    #expect(model.parameters.reduce(0) { $0 + $1.count } == count)
    #expect(model.limits.maximumLength == 512)
    let words = model.parameters[0].value.elements
    let (sum, squares) = words.reduce((0.0, 0.0)) { ($0.0 + Double($1), $0.1 + Double($1 * $1)) }
    #expect(abs(sum / Double(words.count)) < 2e-4)
    #expect(abs((squares / Double(words.count)).squareRoot() / 0.02 - 1) < 0.01)
    let gain = try #require(model.parameters.first { $0.name.hasSuffix("LayerNorm.weight") })
    #expect(gain.value.elements.allSatisfy { $0 == 1 })
  }

  /// The same for every number of threads; another seed, other weights; no table repeats another.
  @Test func seeds() throws {
    func model(_ seed: UInt64, threads: Int) throws -> any TransformerModel {
      try ModelShape.minilm.randomModel(
        head: .regression, seed: seed, Engine(threads: threads))
    }
    func weights(_ model: any TransformerModel) -> [ArraySlice<Float>] {
      model.linears.prefix(6).map { Array($0.linear.weight.value.elements)[..<100_000] }
    }
    let first = try weights(model(1, threads: 1))
    #expect(try first == weights(model(1, threads: 2)))
    #expect(try first[0] != weights(model(2, threads: 2))[0])
    #expect(Set(first).count == 6)
  }

  @Test func answers() throws {
    let engine = try Engine()
    let model = try ModelShape.minilm.randomModel(head: .regression, dropout: 0, engine)
    var batch = TokenBatch()
    batch.append(ids: [101, 2023, 2003, 102], typeIds: [0, 0, 0, 0])
    let logits = model.logits(batch, engine)
    #expect(logits.count == 1 && logits.elements[0].isFinite)
  }
}

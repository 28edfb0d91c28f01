import Support
import Testing

@testable import Compute

@Suite(.serialized) struct EigensolverTests {
  @Test(arguments: [1, 2, 3, 64, 161])
  func decomposes(_ n: Int) throws {
    let engine = try Engine()
    let x = engine.random(n, n + 5, seed: UInt64(n)), gram = engine.zeros(n, n)
    engine.multiply(.nt, x, x, into: gram)
    let vectors = engine.matrix(n, n, Array(gram.elements))
    let values = try Eigensolver().decompose(vectors, MemoryLedger())
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
    let scale = Double(values[0])
    for i in 0..<n {
      for j in 0...i {
        let dot = (0..<n).reduce(0) { $0 + Double(vectors[row: i][$1] * vectors[row: j][$1]) }
        #expect(abs(dot - (i == j ? 1 : 0)) < 1e-5)
      }
      for r in 0..<n {
        let product = (0..<n).reduce(0) { $0 + Double(gram[row: r][$1] * vectors[row: i][$1]) }
        #expect(abs(product - Double(values[i] * vectors[row: i][r])) < 1e-5 * scale)
      }
    }
  }

  @Test func refusesWhatIsNotFinite() throws {
    let engine = try Engine()
    let matrix = engine.matrix(3, 3, [Float](repeating: .nan, count: 9))
    #expect(throws: InputError.self) { try Eigensolver().decompose(matrix, MemoryLedger()) }
  }
}

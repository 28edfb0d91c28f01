import Foundation
import Testing

@testable import Compute

@Suite(.serialized) struct AttentionTests {
  /// Heads, head size and sequence lengths.
  struct Layout: CustomStringConvertible {
    let heads: Int, size: Int
    let lengths: [Int]
    var description: String { "\(heads)x\(size) \(lengths)" }

    var offsets: [Int] { lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) } }
    var tokens: Int { lengths.reduce(0, +) }
    var width: Int { heads * size }

    static let ragged = [8, 20, 32, 64].map {
      Layout(heads: 3, size: $0, lengths: [1, 49, 2, 130, 17, 48])
    }
    static let others = [
      Layout(heads: 2, size: 32, lengths: [512]), Layout(heads: 1, size: 1, lengths: [5, 1]),
      Layout(heads: 12, size: 17, lengths: [3, 97, 64]),
    ]
  }

  @Test(arguments: Layout.ragged + Layout.others, [Queries.all, .first])
  func againstDoublePrecision(_ layout: Layout, _ queries: Queries) throws {
    for dropout in [nil, Dropout(seed: 77, pass: 5)] {
      let shape = AttentionShape(
        offsets: layout.offsets, heads: layout.heads, headSize: layout.size, queries: queries,
        dropout: dropout, site: 13, probability: 0.2)
      let asking = queries == .all ? layout.tokens : layout.lengths.count
      let (width, tokens) = (layout.width, layout.tokens)
      let result = try sameBits { engine in
        let q = engine.random(asking, width, seed: 1, scale: 2)
        let k = engine.random(tokens, width, seed: 2, scale: 2)
        let v = engine.random(tokens, width, seed: 3)
        let output = engine.zeros(asking, width), lse = engine.zeros(asking, layout.heads)
        engine.attention(
          shape, query: .float32(q), key: .float32(k), value: .float32(v), into: .float32(output),
          logSumExp: lse)
        // The gradients are written, not added: what was there must not matter.
        let dq = engine.random(asking, width, seed: 5, scale: 100)
        let dk = engine.random(tokens, width, seed: 5, scale: 100)
        let dv = engine.random(tokens, width, seed: 5, scale: 100)
        engine.attentionBackward(
          shape, query: .float32(q), key: .float32(k), value: .float32(v), output: .float32(output),
          outputGradient: engine.random(asking, width, seed: 4), logSumExp: lse,
          queryGradient: .float32(dq), keyGradient: .float32(dk), valueGradient: .float32(dv))
        return [output, lse, dq, dk, dv].flatMap { Array($0.elements) }
      }

      func list(_ rows: Int, seed: UInt64, scale: Float = 1) -> [Double] {
        Numbers.list(rows * width, seed: seed, scale: scale).map(Double.init)
      }
      let naive = NaiveAttention(
        shape: shape, query: list(asking, seed: 1, scale: 2), key: list(tokens, seed: 2, scale: 2),
        value: list(tokens, seed: 3))
      let gradients = naive.backward(list(asking, seed: 4))
      var rest = result[...]
      for (name, expected) in [
        ("output", naive.output()), ("log-sum-exp", naive.logSumExp()),
        ("query", gradients.query), ("key", gradients.key), ("value", gradients.value),
      ] {
        let scale = max(1, expected.map(abs).max() ?? 0)
        let error = largestError(rest.prefix(expected.count), expected)
        #expect(error < 1e-5 * scale, "\(name), dropout \(dropout != nil)")
        rest = rest.dropFirst(expected.count)
      }
      #expect(rest.isEmpty)
    }
  }

  /// Operands in bfloat16 give what their widened values give, rounded at the end.
  @Test(arguments: Layout.ragged, [Queries.all, .first])
  func bfloat16(_ layout: Layout, _ queries: Queries) throws {
    let engine = try Engine()
    let asking = queries == .all ? layout.tokens : layout.lengths.count
    let shape = AttentionShape(
      offsets: layout.offsets, heads: layout.heads, headSize: layout.size, queries: queries,
      dropout: Dropout(seed: 7, pass: 1), site: 2, probability: 0.1)
    func rounded(_ rows: Int, seed: UInt64) -> (Operand, Operand) {
      let values = engine.random(rows, layout.width, seed: seed)
      let half: Matrix<BFloat16> = engine.activations.matrix(rows, layout.width)
      engine.round(values, into: half)
      engine.widen(half, into: values)
      return (.bfloat16(half), .float32(values))
    }
    let (q, k, v) = (
      rounded(asking, seed: 1), rounded(layout.tokens, seed: 2), rounded(layout.tokens, seed: 3)
    )
    let output = rounded(asking, seed: 4), lse = engine.zeros(asking, layout.heads)
    engine.attention(shape, query: q.0, key: k.0, value: v.0, into: output.0, logSumExp: lse)
    engine.attention(shape, query: q.1, key: k.1, value: v.1, into: output.1, logSumExp: lse)
    expectRounded(output)
    guard case .bfloat16(let half) = output.0, case .float32(let whole) = output.1 else { return }
    engine.widen(half, into: whole)
    let gradients = [asking, layout.tokens, layout.tokens].map { rounded($0, seed: 5) }
    let dy = engine.random(asking, layout.width, seed: 6)
    for side in [\(Operand, Operand).0, \.1] {
      engine.attentionBackward(
        shape, query: q[keyPath: side], key: k[keyPath: side], value: v[keyPath: side],
        output: output[keyPath: side], outputGradient: dy, logSumExp: lse,
        queryGradient: gradients[0][keyPath: side], keyGradient: gradients[1][keyPath: side],
        valueGradient: gradients[2][keyPath: side])
    }
    for pair in gradients { expectRounded(pair) }
  }

  private func expectRounded(_ pair: (Operand, Operand)) {
    guard case .bfloat16(let half) = pair.0, case .float32(let whole) = pair.1 else {
      Issue.record("expected a pair of bfloat16 and float32")
      return
    }
    let pairs = zip(half.elements, whole.elements)
    #expect(pairs.allSatisfy { abs($0.float - $1) <= 0x1p-8 * abs($1) + 1e-30 })
  }

  /// With one-hot queries and the identity as values the output is the softmax of chosen scores.
  @Test func exponentials() throws {
    let size = 64
    // Multiples of 1/8, exact in every step.
    let scores = (0..<size).map { Float($0) * -1.25 + 40 }
    let result = try sameBits { engine in
      let query = engine.zeros(size, size), key = engine.zeros(size, size)
      let value = engine.zeros(size, size)
      for r in 0..<size {
        query.data[r * size] = 8
        key.data[r * size] = scores[r]
        value.data[r * size + r] = 1
      }
      let output = engine.zeros(size, size)
      let shape = AttentionShape(
        offsets: [0, size], heads: 1, headSize: size, queries: .all, dropout: nil, site: 0,
        probability: 0)
      engine.attention(
        shape, query: .float32(query), key: .float32(key), value: .float32(value),
        into: .float32(output), logSumExp: engine.zeros(size, 1))
      return Array(output.elements)
    }
    let sum = scores.reduce(0) { $0 + exp(Double($1)) }
    let worst = result.enumerated().map {
      abs(Double($1) / (exp(Double(scores[$0 % size])) / sum) - 1)
    }.max()
    print("softmax: relative error \(worst ?? .nan)")
    #expect(try #require(worst) < 4e-7)
  }

  /// Scores so large that their exponentials overflow without the shift.
  @Test func largeScores() throws {
    let engine = try Engine()
    let query = engine.random(20, 32, seed: 1, scale: 100)
    let key = engine.random(20, 32, seed: 2, scale: 100), value = engine.random(20, 32, seed: 3)
    let output = engine.zeros(20, 32), lse = engine.zeros(20, 1)
    let shape = AttentionShape(
      offsets: [0, 20], heads: 1, headSize: 32, queries: .all, dropout: nil, site: 0,
      probability: 0)
    engine.attention(
      shape, query: .float32(query), key: .float32(key), value: .float32(value),
      into: .float32(output), logSumExp: lse)
    func doubles(_ x: Matrix<Float>) -> [Double] { x.elements.map(Double.init) }
    let naive = NaiveAttention(
      shape: shape, query: doubles(query), key: doubles(key), value: doubles(value))
    #expect((naive.logSumExp().max() ?? 0) > 1000)
    // The scores are in the thousands, so their rounding moves probabilities in the third digit.
    #expect(largestError(output.elements, naive.output()) < 5e-3)
  }
}

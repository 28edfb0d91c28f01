import Foundation
import Testing

@testable import Compute

@Suite(.serialized) struct AttentionTests {
  /// Heads, head size and sequence lengths.
  struct Layout: CustomStringConvertible {
    let heads: Int, size: Int
    let lengths: [Int]
    var groups: Int?
    var mask = AttentionMask.none
    var description: String { "\(heads)x\(size)/\(groups ?? heads) \(mask) \(lengths)" }

    var attentionHeads: AttentionHeads { AttentionHeads(heads, keyValueCount: groups, size: size) }
    var keyWidth: Int { (groups ?? heads) * size }

    var offsets: [Int] { lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) } }
    var tokens: Int { lengths.reduce(0, +) }
    var width: Int { heads * size }

    static let ragged = [8, 20, 32, 64].map {
      Layout(heads: 3, size: $0, lengths: [1, 49, 2, 130, 17, 48])
    }
    static let others = [
      Layout(heads: 2, size: 32, lengths: [512]), Layout(heads: 1, size: 1, lengths: [5, 1]),
      Layout(heads: 12, size: 17, lengths: [3, 97, 64]),
      // Both heads are as wide as one vector.
      Layout(heads: 2, size: 8, lengths: [33, 2, 16]),
    ]

    /// Those of decoders: masks, and query heads that share key heads.
    static let causal = [
      Layout(heads: 4, size: 16, lengths: [1, 49, 130, 17], mask: .causal(window: nil)),
      Layout(heads: 6, size: 20, lengths: [97, 3, 64], groups: 2, mask: .causal(window: nil)),
      Layout(heads: 3, size: 32, lengths: [5, 200], groups: 1, mask: .causal(window: 7)),
      Layout(heads: 4, size: 8, lengths: [60, 2], groups: 2, mask: .none),
    ]
  }

  @Test(
    arguments: Layout.ragged + Layout.others + Layout.causal,
    [Queries.all, .first, .last, .rows([0, 3, 4, 20, 50, 51, 61])])
  func againstDoublePrecision(_ layout: Layout, _ queries: Queries) throws {
    if case .rows(let rows) = queries, Int(rows.last ?? 0) >= layout.tokens { return }
    for dropout in [nil, Dropout(seed: 77, pass: 5)] {
      let shape = AttentionShape(
        offsets: layout.offsets, heads: layout.attentionHeads, mask: layout.mask, queries: queries,
        dropout: dropout, site: 13, probability: 0.2)
      let asking = queries.count(layout.offsets)
      let (width, keyWidth, tokens) = (layout.width, layout.keyWidth, layout.tokens)
      let result = try sameBits { engine in
        let q = engine.random(asking, width, seed: 1, scale: 2)
        let k = engine.random(tokens, keyWidth, seed: 2, scale: 2)
        let v = engine.random(tokens, keyWidth, seed: 3)
        let output = engine.zeros(asking, width), lse = engine.zeros(asking, layout.heads)
        engine.attention(
          shape, query: .float32(q), key: .float32(k), value: .float32(v), into: .float32(output),
          logSumExp: lse)
        // The gradients are written, not added: what was there must not matter.
        let dq = engine.random(asking, width, seed: 5, scale: 100)
        let dk = engine.random(tokens, keyWidth, seed: 5, scale: 100)
        let dv = engine.random(tokens, keyWidth, seed: 5, scale: 100)
        engine.attentionBackward(
          shape, query: .float32(q), key: .float32(k), value: .float32(v),
          outputGradient: engine.random(asking, width, seed: 4), logSumExp: lse,
          queryGradient: .float32(dq), keyGradient: .float32(dk), valueGradient: .float32(dv))
        return [output, lse, dq, dk, dv].flatMap { Array($0.elements) }
      }

      func list(_ rows: Int, _ width: Int, seed: UInt64, scale: Float = 1) -> [Double] {
        Numbers.list(rows * width, seed: seed, scale: scale).map(Double.init)
      }
      let naive = NaiveAttention(
        shape: shape, query: list(asking, width, seed: 1, scale: 2),
        key: list(tokens, keyWidth, seed: 2, scale: 2), value: list(tokens, keyWidth, seed: 3))
      let gradients = naive.backward(list(asking, width, seed: 4))
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

  /// Operands of bfloat16 in heads of odd size, whose elements are no pairs, give what their widened values give,
  /// rounded at the end.
  @Test(arguments: [Layout(heads: 3, size: 17, lengths: [3, 97, 64, 1])], [Queries.all, .first])
  func bfloat16AsFloats(_ layout: Layout, _ queries: Queries) throws {
    let engine = try Engine()
    let run = BFloat16Run(layout, queries, engine)
    let output = run.rounded(run.asking, run.width, seed: 4),
      lse = engine.zeros(run.asking, layout.heads)
    for side in [\(Operand, Operand).0, \.1] { run.forward(side, into: output, lse) }
    expectRounded(output)
    let gradients = run.gradients()
    for side in [\(Operand, Operand).0, \.1] { run.backward(side, lse, into: gradients) }
    for pair in gradients { expectRounded(pair) }
  }

  /// In heads of even size probabilities, their gradients and that of the output are rounded, too, where the processor
  /// multiplies pairs: each by at most 2⁻⁹, and sums are no larger than a few times the largest result.
  @Test(arguments: Layout.ragged + Layout.causal, [Queries.all, .first])
  func bfloat16AsPairs(_ layout: Layout, _ queries: Queries) throws {
    let result = try sameBits { engine in
      let run = BFloat16Run(layout, queries, engine)
      let output = run.rounded(run.asking, run.width, seed: 4),
        lse = engine.zeros(run.asking, layout.heads)
      run.forward(\.0, into: output, lse)
      let gradients = run.gradients()
      run.backward(\.0, lse, into: gradients)
      return ([output] + gradients).flatMap { run.values($0.0) }
    }
    let engine = try Engine()
    let run = BFloat16Run(layout, queries, engine)
    let naive = NaiveAttention(
      shape: run.shape, query: run.doubles(run.q), key: run.doubles(run.k),
      value: run.doubles(run.v))
    let gradients = naive.backward(run.dy.elements.map(Double.init))
    var rest = result[...]
    for (name, expected) in [
      ("output", naive.output()), ("query", gradients.query), ("key", gradients.key),
      ("value", gradients.value),
    ] {
      let scale = expected.map(abs).max() ?? 0
      let error = largestError(rest.prefix(expected.count), expected)
      // A first token sees itself alone: its scores have no gradient at all.
      #expect(error <= 0x1p-7 * scale, "\(name)")
      rest = rest.dropFirst(expected.count)
    }
    #expect(rest.isEmpty)
  }

  /// Attention with the same values as bfloat16 and as float32.
  private struct BFloat16Run {
    let engine: Engine
    let shape: AttentionShape
    let width: Int, keyWidth: Int, tokens: Int, asking: Int

    init(_ layout: Layout, _ queries: Queries, _ engine: Engine) {
      self.engine = engine
      (width, keyWidth, tokens) = (layout.width, layout.keyWidth, layout.tokens)
      asking = queries == .all ? layout.tokens : layout.lengths.count
      shape = AttentionShape(
        offsets: layout.offsets, heads: layout.attentionHeads, mask: layout.mask, queries: queries,
        dropout: Dropout(seed: 7, pass: 1), site: 2, probability: 0.1)
    }

    var q: (Operand, Operand) { rounded(asking, width, seed: 1) }
    var k: (Operand, Operand) { rounded(tokens, keyWidth, seed: 2) }
    var v: (Operand, Operand) { rounded(tokens, keyWidth, seed: 3) }
    var dy: Matrix<Float> { engine.random(asking, width, seed: 6) }

    func rounded(_ rows: Int, _ width: Int, seed: UInt64) -> (Operand, Operand) {
      let values = engine.random(rows, width, seed: seed)
      let half: Matrix<BFloat16> = engine.activations.matrix(rows, width)
      engine.round(values, into: half)
      engine.widen(half, into: values)
      return (.bfloat16(half), .float32(values))
    }

    func gradients() -> [(Operand, Operand)] {
      [(asking, width), (tokens, keyWidth), (tokens, keyWidth)].map { rounded($0, $1, seed: 5) }
    }

    func forward(
      _ side: KeyPath<(Operand, Operand), Operand>, into output: (Operand, Operand),
      _ lse: Matrix<Float>
    ) {
      engine.attention(
        shape, query: q[keyPath: side], key: k[keyPath: side], value: v[keyPath: side],
        into: output[keyPath: side], logSumExp: lse)
    }

    func backward(
      _ side: KeyPath<(Operand, Operand), Operand>, _ lse: Matrix<Float>,
      into gradients: [(Operand, Operand)]
    ) {
      engine.attentionBackward(
        shape, query: q[keyPath: side], key: k[keyPath: side], value: v[keyPath: side],
        outputGradient: dy, logSumExp: lse,
        queryGradient: gradients[0][keyPath: side], keyGradient: gradients[1][keyPath: side],
        valueGradient: gradients[2][keyPath: side])
    }

    func values(_ x: Operand) -> [Float] {
      switch x {
      case .bfloat16(let half): half.elements.map(\.float)
      case .float32(let whole): Array(whole.elements)
      }
    }

    func doubles(_ x: (Operand, Operand)) -> [Double] { values(x.1).map(Double.init) }
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
        offsets: [0, size], heads: AttentionHeads(1, size: size), queries: .all, dropout: nil,
        site: 0,
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
      offsets: [0, 20], heads: AttentionHeads(1, size: 32), queries: .all, dropout: nil, site: 0,
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

import Compute
import Layers
import Methods
import Models
import Support
import Testing

/// LLaMA, Mistral, Qwen2 and Qwen3 against PyTorch's values, forward and backward. How much may differ is as for
/// encoders (see `ClassifierParityTests`), with a block's chain of five products: value, output, gate or up, down.
@Suite(.serialized) struct DecoderParityTests {
  private func allowed(_ precision: Precision, _ model: any TransformerModel, passes: Double)
    -> Double
  {
    let blocks = model.linears.count { $0.role.kind == .query }
    let columns = model.linears.map(\.linear.inputSize).max() ?? 1
    let products = Double(5 * blocks + 1) * passes
    switch precision {
    case .float32: return 3 * 0x1p-24 * (products * Double(columns)).squareRoot()
    case .bfloat16: return 3 * 0x1p-9 * products.squareRoot()
    }
  }

  @Test(arguments: DecoderFixture.names, Precision.allCases)
  func forwardAndLoss(_ name: String, _ precision: Precision) throws {
    let fixture = try DecoderFixture(name)
    let engine = try Engine(precision: precision)
    let model = try fixture.model(engine)
    let bound = allowed(precision, model, passes: 1)
    for index in 0..<fixture.batchCount {
      let (batch, targets) = try fixture.batch(index)
      let expected = try fixture.floats("batch.\(index).logits")
      let logits = model.allLogits(batch, engine)
      #expect(logits.count == expected.count)
      let error = relativeError(logits, expected)
      print("\(name), \(precision), batch \(index): error of the logits \(error) of \(bound)")
      #expect(error < bound)
      var sum = 0.0
      model.read(batch, engine) { rows, logits in
        sum += NextTokenLoss().evaluate(
          logits, Array(targets[rows]), scale: 1, gradient: nil, engine)
      }
      let reference = Double(try fixture.floats("batch.\(index).loss")[0])
      let size = Double(expected.map(abs).max() ?? 1)
      #expect(abs(sum / Double(targets.count) - reference) < 2 * bound * size)
    }
  }

  @Test(arguments: DecoderFixture.names, Precision.allCases)
  func gradients(_ name: String, _ precision: Precision) throws {
    let fixture = try DecoderFixture(name)
    let engine = try Engine(precision: precision)
    let model = try fixture.model(engine)
    let everything = TrainedLayers(layers: MLPLayer.allCases)
    _ = try model.train(.full, on: everything, scope: .all, engine)
    let (batch, targets) = try fixture.batch(0)
    _ = model.learn(batch, Pass(engine, .training(dropout: nil))) { rows, logits, gradient in
      NextTokenLoss().evaluate(
        logits, Array(targets[rows]), scale: 1 / Float(targets.count), gradient: gradient, engine)
    }
    let bound = allowed(precision, model, passes: 2)
    var worst = 0.0
    for parameter in model.parameters {
      let expected = try fixture.floats("grad.\(parameter.name)")
      let actual = try #require(parameter.wholeGradient)
      var scale = expected
      if parameter.name.hasSuffix("k_proj.bias") {
        // Nearly zero: softmax does not see a shift of all scores but for what the rotation makes of it.
        scale += try fixture.floats("grad.\(parameter.name.replacing("k_proj", with: "q_proj"))")
      }
      let error = relativeError(actual, expected) * norm(expected) / norm(scale)
      worst = max(worst, error)
      #expect(error < bound, "\(parameter.name)")
    }
    print("\(name), \(precision): worst relative error of a gradient \(worst) of \(bound)")
  }

  /// Token by token with remembered keys and values: the tokens that PyTorch finds when it reads the whole text each time.
  @Test(arguments: DecoderFixture.names)
  func greedy(_ name: String) throws {
    let fixture = try DecoderFixture(name)
    let engine = try Engine(precision: .float32)
    let model = try fixture.model(engine)
    let expected = try fixture.integers("greedy")
    let sequence = try #require(model.textSequence())
    var ids = Array(expected.prefix(12))
    var logits = sequence.read(ids, engine)
    while ids.count < expected.count {
      let next = Int32(try #require(logits.indices.max { logits[$0] < logits[$1] }))
      ids.append(next)
      logits = sequence.read([next], engine)
    }
    #expect(ids == expected)

    // What was forgotten is read again.
    sequence.keep(first: 20)
    let again = sequence.read(Array(ids[20...]), engine)
    #expect(relativeError(again, logits) < 1e-5)
    #expect(sequence.count == ids.count)
  }

  /// A sequence that is changed changes nothing of the others in its batch, bit for bit: neither logits nor gradients
  /// that come from them alone.
  @Test func sequencesDoNotSeeEachOther() throws {
    let fixture = try DecoderFixture("llama")
    let engine = try Engine()
    let model = try fixture.model(engine)
    let lengths = [5, 17, 9]
    func batch(changing changed: Int?) -> TokenBatch {
      var batch = TokenBatch()
      for (s, length) in lengths.enumerated() {
        let ids = (0..<length).map { Int32(3 + (7 * $0 + 11 * s + (s == changed ? 5 : 0)) % 100) }
        batch.append(ids: ids, typeIds: Array(repeating: 0, count: length))
      }
      batch.queries = .rows([1, 3, 8, 20, 23, 30])
      return batch
    }
    let before = model.allLogits(batch(changing: nil), engine)
    let after = model.allLogits(batch(changing: 1), engine)
    let width = model.labelCount
    for row in [0, 1, 4, 5] {
      let range = row * width..<(row + 1) * width
      #expect(before[range] == after[range])
    }
    #expect(before[2 * width..<3 * width] != after[2 * width..<3 * width])
  }

  private let apart: [[Int32]] = [
    (0..<11).map { 3 + $0 * 7 % 90 }, (0..<23).map { 5 + $0 * 11 % 90 },
    (0..<6).map { 8 + $0 * 3 % 90 },
  ]

  /// All gradients of the sum of the losses of some sequences in one batch.
  private func gradients(
    of sequences: [[Int32]], learning learnt: Set<Int>, precision: Precision = .float32
  ) throws -> [[Float]] {
    let engine = try Engine(precision: precision)
    let model = try DecoderFixture("llama").model(engine)
    _ = try model.train(.full, on: TrainedLayers(layers: MLPLayer.allCases), scope: .all, engine)
    var batch = TokenBatch()
    var rows: [Int32] = []
    var targets: [Target] = []
    for (number, ids) in sequences.enumerated() {
      if learnt.contains(number) {
        let start = Int32(batch.tokenCount)
        rows += (0..<Int32(ids.count - 1)).map { start + $0 }
        targets += ids.dropFirst().map { Target.label(Int($0)) }
      }
      batch.append(ids: ids, typeIds: Array(repeating: 0, count: ids.count))
    }
    batch.queries = .rows(rows)
    _ = model.learn(batch, Pass(engine, .training(dropout: nil))) {
      NextTokenLoss().evaluate($1, Array(targets[$0]), scale: 1, gradient: $2, engine)
    }
    return try model.parameters.map { try #require($0.wholeGradient) }
  }

  /// The gradient of sequences side by side is the sum of those of each alone.
  @Test func packedGradientsAreTheSum() throws {
    let together = try gradients(of: apart, learning: [0, 1, 2])
    let alone = try apart.map { try gradients(of: [$0], learning: [0]) }
    for (index, gradient) in together.enumerated() {
      let sum = gradient.indices.map { place -> Float in
        alone.reduce(0) { $0 + $1[index][place] }
      }
      #expect(relativeError(gradient, sum) < 1e-5)
    }
  }

  /// What comes of one sequence's loss does not change by a bit when another sequence of the batch does.
  @Test(arguments: Precision.allCases)
  func othersDoNotChangeAGradient(_ precision: Precision) throws {
    var changed = apart
    changed[1] = changed[1].map { 100 - $0 }
    for learnt in [0, 2] {
      let before = try gradients(of: apart, learning: [learnt], precision: precision)
      let after = try gradients(of: changed, learning: [learnt], precision: precision)
      #expect(before == after)
    }
    let own = try [apart, changed].map {
      try gradients(of: $0, learning: [1], precision: precision)
    }
    #expect(own[0] != own[1])
  }

  /// The same bits for any number of threads, forward and backward.
  @Test(arguments: Precision.allCases)
  func threads(_ precision: Precision) throws {
    let fixture = try DecoderFixture("qwen3")
    let results = try [1, 2, 3].map { threads in
      let engine = try Engine(precision: precision, threads: threads)
      let model = try fixture.model(engine)
      _ = try model.train(.full, scope: .all, engine)
      let (batch, targets) = try fixture.batch(0)
      _ = model.learn(batch, Pass(engine, .training(dropout: Dropout(seed: 1, pass: 1)))) {
        NextTokenLoss().evaluate($1, Array(targets[$0]), scale: 1, gradient: $2, engine)
      }
      return model.parameters.map(\.wholeGradient)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }
}

private func norm(_ x: some Sequence<Float>) -> Double {
  x.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}

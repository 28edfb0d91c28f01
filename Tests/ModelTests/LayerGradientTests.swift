import Layers
import Support
import Testing

@testable import Compute
@testable import Methods

/// Every layer's backward pass against differences of its forward pass. The function is Σ c y with random
/// coefficients c, so c is the gradient of y.
@Suite(.serialized) struct LayerGradientTests {
  static let dropouts: [Dropout?] = [nil, Dropout(seed: 3, pass: 2)]

  @Test func linear() throws {
    let engine = try Engine()
    var make = LayerFactory(engine)
    let layer = make.linear("linear", 7, 11)
    let x = make.matrix(9, 11), c = make.matrix(9, 7), dx = make.matrix(9, 11)
    let pass = Pass(engine, .training(dropout: nil))
    func forward() -> (value: Double, kept: Operand?) {
      let y = engine.activations.matrix(9, 7, of: Float.self)
      let kept = layer.forward(.float32(x), into: y, pass)
      engine.addBias(layer.addend(engine), to: y, into: .float32(y))
      return (dot(y, c), kept)
    }
    layer.backward(.float32(c), kept: forward().kept, into: dx, pass)
    GradientCheck { engine.activations.scope { forward().value } }
      .run(try make.parameters.map { try .init($0) } + [.init("x", x, dx)])

    // Added to what is there, and gradients accumulate.
    let twice = engine.copy(dx)
    layer.backward(.float32(c), kept: forward().kept, into: twice, pass, .add)
    #expect(relativeError(twice.elements, dx.elements.map { 2 * $0 }) < 1e-6)
  }

  @Test(arguments: dropouts)
  func layerNormOfAResidual(_ dropout: Dropout?) throws {
    let engine = try Engine()
    var make = LayerFactory(engine)
    let norm = make.norm("norm", 14), xBias = make.parameter("xBias", [14])
    let site = DropoutSite(6, 0.3)
    let x = make.matrix(10, 14), residual = make.matrix(10, 14), c = make.matrix(10, 14)
    let dSum = make.matrix(10, 14), dx = make.matrix(10, 14)
    let pass = Pass(engine, .training(dropout: dropout))
    func forward() -> (value: Double, saved: NormalizedRows) {
      let y = engine.activations.matrix(10, 14, of: Float.self)
      let saved = norm.forward(
        x, xBias: xBias.value, residual: residual, site: site,
        into: engine.hidden(y), pass)
      return (dot(y, c), saved)
    }
    let dropped = norm.backward(c, forward().saved, into: dSum, site: site, pass)
    guard case .float32(let values) = dropped else {
      Issue.record("float32 gives float32")
      return
    }
    dx.data.update(from: values.data, count: dx.count)
    engine.addColumnSums(of: dropped, to: try #require(xBias.gradient))
    GradientCheck { engine.activations.scope { forward().value } }
      .run(
        try make.parameters.map { try .init($0) }
          + [.init("x", x, dx), .init("residual", residual, dSum)])
  }

  @Test(arguments: dropouts)
  func embeddings(_ dropout: Dropout?) throws {
    let engine = try Engine()
    var make = LayerFactory(engine)
    let layer = Embeddings(
      words: make.parameter("words", [9, 12]), positions: make.parameter("positions", [6, 12]),
      types: make.parameter("types", [2, 12]), norm: make.norm("norm", 12),
      site: DropoutSite(0, 0.25))
    for table in [layer.words, layer.positions, layer.types] { try table?.trainRows(engine) }
    let indices = Embeddings.Indices(
      words: [3, 1, 3, 8, 3, 0, 1], positions: [0, 1, 2, 3, 0, 1, 2], types: [0, 0, 1, 1, 0, 1, 0])
    let c = make.matrix(7, 12)
    let pass = Pass(engine, .training(dropout: dropout))
    func forward() -> (value: Double, tape: Embeddings.Tape) {
      let y = engine.activations.matrix(7, 12, of: Float.self)
      let tape = layer.forward(indices, into: engine.hidden(y), pass)
      return (dot(y, c), tape)
    }
    layer.backward(engine.copy(c), forward().tape, pass)
    GradientCheck { engine.activations.scope { forward().value } }
      .run(try make.parameters.map { try .init($0) })
    #expect(layer.words.rowGradient?.rows == [3, 1, 8, 0])
  }

  /// A block in a batch of four sequences, and the gradients that it gives.
  private func check(
    _ block: some TransformerBlock, _ queries: Queries, _ dropout: Dropout?,
    _ make: inout LayerFactory
  ) throws {
    let engine = make.engine
    let offsets = [0, 1, 8, 10, 27]
    let rows = queries.count(offsets)
    let x = make.matrix(27, 12), c = make.matrix(rows, 12), dx = make.matrix(27, 12)
    let middle = make.matrix(rows, 12)
    let pass = Pass(engine, .training(dropout: dropout))
    func forward<Block: TransformerBlock>(_ block: Block) -> (value: Double, tape: Block.Tape) {
      engine.scratch.scope {
        let stream = HiddenStream(27, 12, engine)
        let (y, tape) = block.forward(
          engine.hidden(x), offsets: offsets, queries: queries, stream, result: .untilNext, nil,
          pass)
        return (dot(y.values, c), tape)
      }
    }
    func backward<Block: TransformerBlock>(_ block: Block, _ wanted: GradientWanted) {
      block.backward(
        engine.copy(c), forward(block).tape, middle: middle, into: dx, wanted: wanted, pass)
    }
    backward(block, .input)
    let variables = try make.parameters.map { try GradientCheck.Variable($0) }
    // A block bends more than a layer. The gradient of the key's bias is zero, or nearly so: softmax does not see a
    // shift of all scores.
    GradientCheck(
      function: { engine.activations.scope { forward(block).value } }, step: 2e-3, tolerance: 1e-2,
      noise: 5e-3
    ).run(variables + [.init("x", x, engine.copy(dx))])

    try expectSameGradients(variables, make.parameters) { backward(block, .none) }
  }

  /// ReLU has kinks, and a step across one is a step of another function.
  @Test(arguments: Activation.allCases.filter { $0 != .relu }, dropouts)
  func postNormBlock(_ activation: Activation, _ dropout: Dropout?) throws {
    for queries in [Queries.all, .first] where queries == .all || activation == .gelu {
      var make = LayerFactory(try Engine())
      let block = PostNormBlock(
        attention: SelfAttention(
          query: make.linear("query", 12, 12), key: make.linear("key", 12, 12),
          value: make.linear("value", 12, 12), output: make.linear("output", 12, 12),
          AttentionHeads(2, size: 6), site: DropoutSite(1, 0.3)),
        norm: make.norm("attentionNorm", 12), site: DropoutSite(2, 0.2),
        feedForward: FeedForward(
          intermediate: make.linear("intermediate", 19, 12), output: make.linear("w2", 12, 19),
          activation: activation), norm: make.norm("norm", 12), site: DropoutSite(3, 0.3))
      try check(block, queries, dropout, &make)
    }
  }

  /// Biases and normalised heads in some layers, as the members of the family have them.
  @Test(arguments: [Queries.all, .last, .rows([0, 4, 7, 11, 20])], dropouts)
  func preNormBlock(_ queries: Queries, _ dropout: Dropout?) throws {
    for (hasHeadNorms, window) in [(false, nil), (true, 4)] {
      var make = LayerFactory(try Engine())
      let heads = AttentionHeads(4, keyValueCount: 2, size: 4)
      let headNorms = SelfAttention.HeadNorms(
        query: make.rmsNorm("queryNorm", 4), key: make.rmsNorm("keyNorm", 4))
      if !hasHeadNorms { make.dropParameters() }
      let block = PreNormBlock(
        attention: SelfAttention(
          query: make.linear("query", 16, 12), key: make.linear("key", 8, 12),
          value: make.linear("value", 8, 12), output: make.linear("output", 12, 16), heads,
          .causal(window: window),
          positions: RotaryPositions(frequencies: [0.9, 0.2]),
          headNorms: hasHeadNorms ? headNorms : nil, site: DropoutSite(1, 0.3)),
        norm: make.rmsNorm("attentionNorm", 12),
        feedForward: GatedFeedForward(
          gate: make.linear("gate", 19, 12), up: make.linear("up", 19, 12),
          down: make.linear("down", 12, 19), activation: .silu),
        norm: make.rmsNorm("norm", 12))
      try check(block, queries, dropout, &make)
    }
  }

  /// Parameters get the same gradients when that of the input is not wanted.
  private func expectSameGradients(
    _ before: [GradientCheck.Variable], _ parameters: [Parameter], _ backward: () -> Void
  ) throws {
    for parameter in parameters { parameter.zeroGradient() }
    backward()
    for (variable, parameter) in zip(before, parameters) {
      let after = try #require(parameter.wholeGradient)
      #expect(after == variable.gradient, "\(variable.name)")
    }
  }
}

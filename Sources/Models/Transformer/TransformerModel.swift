import Compute
import Layers
import Weights

/// A transformer with a head, as training and inference see it.
public protocol TransformerModel: LayeredModel {
  /// `config.json` as the trained model will carry it.
  var configuration: ConfigurationFile { get }
  /// Names of parameters that the checkpoint did not have and that were drawn anew.
  var newlyInitialized: [String] { get }
  /// Names of the checkpoint's tensors that were left out, because they belong to a head of another kind.
  var ofOtherHeads: [String] { get }
  /// What the model can read.
  var limits: InputLimits { get }
  /// The number of logits.
  var labelCount: Int { get }

  /// The token of a sequence that its logits are computed from: what batches of sequences ask for.
  var sequenceToken: Queries { get }

  /// Computes the logits of a batch, without training.
  /// - Parameters:
  ///   - batch: the sequences, and which of their tokens are read.
  ///   - engine: what computes.
  ///   - body: is given the rows that come next, of all that are read, and their logits [rows, labels].
  func read(
    _ batch: TokenBatch, _ engine: Engine,
    _ body: (_ rows: Range<Int>, _ logits: Matrix<Float>) -> Void)

  /// A forward and a backward pass: accumulates the gradients of everything that trains.
  /// - Parameters:
  ///   - batch: the sequences, and which of their tokens are read.
  ///   - pass: one of training.
  ///   - loss: given the rows that come next, of all that are read, and their logits [rows, labels], writes the logits'
  ///     gradient (of the same shape, and in the same memory) and returns the loss.
  /// - Returns: the sum of the losses.
  func learn(
    _ batch: TokenBatch, _ pass: Pass,
    _ loss: (_ rows: Range<Int>, _ logits: Matrix<Float>, _ gradient: Matrix<Float>) -> Double
  ) -> Double

  /// A sequence that grows token by token; nil for a model whose tokens see those after them.
  func textSequence() -> (any TextSequence)?
}

/// A sequence of tokens that a language model has read, and goes on with.
public protocol TextSequence: AnyObject {
  /// How many tokens were read.
  var count: Int { get }

  /// Reads more tokens.
  /// - Parameters:
  ///   - ids: the next tokens, at least one.
  ///   - engine: what computes.
  /// - Returns: the logits of what comes after the last of them [labels].
  func read(_ ids: [Int32], _ engine: Engine) -> [Float]

  /// Forgets all tokens but the first `count`.
  func keep(first count: Int)
}

extension TransformerModel {
  /// The logits [queries, labels] of a batch, all at once, without training; they live in the engine's arena of
  /// activations.
  public func logits(_ batch: TokenBatch, _ engine: Engine) -> Matrix<Float> {
    let result = engine.activations.matrix(batch.queryCount, labelCount, of: Float.self)
    read(batch, engine) { rows, logits in
      (result.data + rows.lowerBound * labelCount).update(from: logits.data, count: logits.count)
    }
    return result
  }

  /// The tensors of the trained model, to be written or fingerprinted. What a method adds to a weight
  /// (LoRA) is merged into it.
  public func tensors(_ engine: Engine) -> [NamedTensor] {
    let additions = Dictionary(
      uniqueKeysWithValues: linears.compactMap { site in
        site.linear.learner?.addition.map { (site.linear.weight.name, $0) }
      })
    return parameters.map { parameter in
      NamedTensor(parameter.name, .float32, shape: parameter.shape) { body in
        try parameter.withValue(engine) { value in
          guard let addition = additions[parameter.name] else {
            return try body(UnsafeRawBufferPointer(value.elements))
          }
          try engine.scratch.scope {
            let merged = engine.scratch.matrix(value.rows, value.columns, of: Float.self)
            merged.data.update(from: value.data, count: value.count)
            addition.merge(into: merged, engine)
            try body(UnsafeRawBufferPointer(merged.elements))
          }
        }
      }
    }
  }
}

extension TransformerModel {
  /// The same tensors, but matrices that were not changed have the type and the bytes of their file.
  func storedTensors(_ engine: Engine) -> [NamedTensor] {
    let added = Set(
      linears.filter { $0.linear.learner?.addition != nil }.map(\.linear.weight.name))
    return zip(parameters, tensors(engine)).map { parameter, tensor in
      guard let matrix = parameter.storedMatrix, !added.contains(parameter.name) else {
        return tensor
      }
      return NamedTensor(tensor.name, matrix.encoding.tensorType, shape: tensor.shape) { body in
        try withExtendedLifetime(parameter) { try body(matrix.bytes) }
      }
    }
  }
}

/// Blocks and the head above them.
final class HeadedTransformer<Body: Transformer, Top: Head>: TransformerModel {
  let configuration: ConfigurationFile
  let parameters: [Parameter]
  let newlyInitialized: [String]
  let ofOtherHeads: [String]
  let limits: InputLimits
  let labelCount: Int
  private let body: Body
  private let head: Top

  /// - Parameters:
  ///   - loader: the one that both parts were loaded by.
  ///   - configuration: `config.json` with the labels, problem type and class of the head.
  init(
    _ body: Body, _ head: Top, _ limits: InputLimits, _ loader: ParameterLoader,
    _ configuration: ConfigurationFile, labelCount: Int
  ) {
    self.body = body
    self.head = head
    self.limits = limits
    self.configuration = configuration
    self.labelCount = labelCount
    parameters = loader.parameters
    newlyInitialized = loader.newlyInitialized
    ofOtherHeads = loader.ofOtherHeads
  }

  var linears: [LinearSite] { body.linears + head.linears }

  var sequenceToken: Queries { body.sequenceToken }

  func read(
    _ batch: TokenBatch, _ engine: Engine, _ body: (Range<Int>, Matrix<Float>) -> Void
  ) {
    let (arena, pass) = (engine.activations, Pass(engine, .inference))
    arena.scope {
      let (hidden, _) = hidden(batch, pass)
      read(hidden, pass, body)
    }
  }

  private func read(
    _ hidden: Matrix<Float>, _ pass: Pass, _ body: (Range<Int>, Matrix<Float>) -> Void
  ) {
    let arena = pass.engine.activations
    for rows in pieces(hidden.rows) {
      arena.scope {
        let logits = arena.matrix(rows.count, labelCount, of: Float.self)
        _ = head.forward(hidden.rows(rows), into: logits, pass)
        body(rows, logits)
      }
    }
  }

  func learn(
    _ batch: TokenBatch, _ pass: Pass,
    _ loss: (Range<Int>, Matrix<Float>, Matrix<Float>) -> Double
  ) -> Double {
    let engine = pass.engine
    return engine.activations.scope {
      let (hidden, tape) = hidden(batch, pass)
      let gradient =
        body.isTraining
        ? engine.activations.matrix(hidden.rows, hidden.columns, of: Float.self) : nil
      let value = learn(hidden, into: gradient, pass, loss)
      if let gradient { body.backward(gradient, tape, pass) }
      return value
    }
  }

  /// The head and the loss, forward and backward, for as many rows at once as the head takes.
  private func learn(
    _ hidden: Matrix<Float>, into hiddenGradient: Matrix<Float>?, _ pass: Pass,
    _ loss: (Range<Int>, Matrix<Float>, Matrix<Float>) -> Double
  ) -> Double {
    let (engine, arena) = (pass.engine, pass.engine.activations)
    let pieces = pieces(hidden.rows)
    var inner = pass
    // What is among the activations of a piece does not outlive it.
    if pieces.count > 1 { inner.gradients = .apart }
    return pieces.reduce(0) { sum, rows in
      let start = arena.mark
      defer { if pieces.count > 1 { arena.reset(to: start) } }
      let logits = arena.matrix(rows.count, labelCount, of: Float.self)
      let tape = engine.profiled(.head, .forward) {
        head.forward(hidden.rows(rows), into: logits, inner)
      }
      // Over a vocabulary the gradient is large, and takes the place of the logits.
      let value = engine.profiled(.loss, .forward) { loss(rows, logits, logits) }
      if hiddenGradient != nil || head.isTraining {
        engine.profiled(.head, .backward) {
          head.backward(logits, tape, into: hiddenGradient?.rows(rows), inner)
        }
      }
      return sum + value
    }
  }

  /// Rows that the head takes at once, one piece after the other.
  private func pieces(_ rows: Int) -> [Range<Int>] {
    let size = min(head.rowsAtOnce, max(1, rows))
    return stride(from: 0, to: rows, by: size).map { $0..<min($0 + size, rows) }
  }

  private func hidden(_ batch: TokenBatch, _ pass: Pass) -> (Matrix<Float>, Body.Tape) {
    let hidden = pass.engine.activations.matrix(
      batch.queryCount, body.hiddenSize, of: Float.self)
    return (hidden, body.forward(batch, into: hidden, pass))
  }

  func textSequence() -> (any TextSequence)? {
    guard let body = body as? any CausalTransformer else { return nil }
    return CachedSequence(body) { [self] hidden, pass in
      var logits: [Float] = []
      read(hidden, pass) { logits = Array($1[row: 0]) }
      return logits
    }
  }
}

/// A sequence whose keys and values are remembered.
private final class CachedSequence: TextSequence {
  private let body: any CausalTransformer
  private let caches: [KeyValueCache]
  private let logits: (Matrix<Float>, Pass) -> [Float]
  private(set) var count = 0

  /// - Parameter logits: those of a hidden state [1, hiddenSize].
  init(_ body: any CausalTransformer, _ logits: @escaping (Matrix<Float>, Pass) -> [Float]) {
    self.body = body
    self.logits = logits
    caches = body.cache()
  }

  func read(_ ids: [Int32], _ engine: Engine) -> [Float] {
    precondition(!ids.isEmpty, "no tokens to read")
    var batch = TokenBatch()
    batch.append(ids: ids, typeIds: Array(repeating: 0, count: ids.count))
    batch.queries = .last
    let pass = Pass(engine, .inference)
    count += ids.count
    return engine.activations.scope {
      let hidden = engine.activations.matrix(1, body.hiddenSize, of: Float.self)
      body.forward(batch, into: hidden, caches: caches, pass)
      return logits(hidden, pass)
    }
  }

  func keep(first count: Int) {
    self.count = min(count, self.count)
    for cache in caches { cache.keep(first: count) }
  }
}

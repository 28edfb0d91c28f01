import Compute

/// A linear layer y = x Wᵀ + b with W [out, in], as PyTorch stores it.
///
/// The bias is added by whatever follows (activation, normalisation), which passes over y anyway.
public final class Linear {
  /// W [out, in]
  public let weight: Parameter
  /// b [out], if the layer has one.
  public let bias: Parameter?
  /// How W learns; nil when it is frozen.
  package var learner: (any WeightLearner)?
  /// What is added where the layer has no bias.
  private var zeros: Buffer<Float>?

  /// A layer of these parameters.
  public init(weight: Parameter, bias: Parameter?) {
    self.weight = weight
    self.bias = bias
  }

  /// in
  public var inputSize: Int { weight.columns }
  /// out
  public var outputSize: Int { weight.rows }
  /// The layer's name: its weight's without `.weight`.
  public var module: String {
    weight.name.hasSuffix(".weight") ? String(weight.name.dropLast(".weight".count)) : weight.name
  }
  /// Whether a backward pass has anything to do here besides handing gradients down.
  package var isTraining: Bool { learner != nil || bias?.gradient != nil }

  /// Whether the input has to be there in the backward pass as it is.
  package var needsInput: Bool { learner?.keepsWholeInput ?? false }

  /// The bias [1, out] for what follows the layer; zeros where it has none.
  package func addend(_ engine: Engine) -> Matrix<Float> {
    if let bias { return bias.value }
    let zeros = zeros ?? Buffer<Float>(count: outputSize, .weights, engine.ledger)
    self.zeros = zeros
    return zeros.matrix(rows: 1, columns: outputSize)
  }

  /// y = or += x Wᵀ, without the bias.
  /// - Returns: what `accumulate` will want, nil in inference or when W is frozen.
  package func forward(
    _ x: Operand, into y: Matrix<Float>, _ pass: Pass, _ accumulation: Accumulation = .overwrite
  ) -> Operand? {
    switch weight.productValue(pass.engine) {
    case .operand(let w): pass.engine.multiply(.nt, x, w, into: y, accumulation)
    case .stored(let w): pass.engine.multiply(x, transposed: w, into: y, accumulation)
    }
    learner?.addition?.addOutput(x, to: y, pass)
    guard pass.isTraining else { return nil }
    return learner?.keep(x, pass.engine)
  }

  /// The layer's output as an operand that lives as long as the backward pass needs it, bias included, and what
  /// `accumulate` will want.
  package func project(_ x: Operand, _ pass: Pass) -> (y: Operand, kept: Operand?) {
    let engine = pass.engine
    let result = engine.operand(x.rows, outputSize, in: pass.arena)
    return engine.scratch.scope {
      let wide = engine.wide(result)
      let kept = forward(x, into: wide, pass)
      if bias != nil || engine.precision != .float32 {
        engine.addBias(addend(engine), to: wide, into: result)
      }
      return (result, kept)
    }
  }

  /// dx = or += dy W.
  package func inputGradient(
    _ dy: Operand, into dx: Matrix<Float>, _ pass: Pass, _ accumulation: Accumulation = .overwrite
  ) {
    switch weight.productValue(pass.engine) {
    case .operand(let w): pass.engine.multiply(.nn, dy, w, into: dx, accumulation)
    case .stored(let w): pass.engine.multiply(dy, by: w, into: dx, accumulation)
    }
    learner?.addition?.addInputGradient(dy, to: dx, pass)
  }

  /// Accumulates the gradients of W and b.
  package func accumulate(_ dy: Operand, kept: Operand?, _ pass: Pass) {
    if let gradient = bias?.gradient { pass.engine.addColumnSums(of: dy, to: gradient) }
    if let learner, let kept { learner.accumulate(kept, outputGradient: dy, pass) }
  }

  /// Both: dx where it is wanted, then the gradients of W and b.
  package func backward(
    _ dy: Operand, kept: Operand?, into dx: Matrix<Float>?, _ pass: Pass,
    _ accumulation: Accumulation = .overwrite
  ) {
    if let dx { inputGradient(dy, into: dx, pass, accumulation) }
    accumulate(dy, kept: kept, pass)
  }
}

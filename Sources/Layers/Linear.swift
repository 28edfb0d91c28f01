import Compute

/// A linear layer y = x Wᵀ + b with W [out, in], as PyTorch stores it.
///
/// The bias is added by whatever follows (activation, normalisation), which passes over y anyway.
public final class Linear {
  /// W [out, in]
  public let weight: Parameter
  /// b [out]
  public let bias: Parameter
  /// How W learns; nil when it is frozen.
  package var learner: (any WeightLearner)?

  /// A layer of these parameters.
  public init(weight: Parameter, bias: Parameter) {
    self.weight = weight
    self.bias = bias
  }

  /// in
  public var inputSize: Int { weight.value.columns }
  /// out
  public var outputSize: Int { weight.value.rows }
  /// Whether a backward pass has anything to do here besides handing gradients down.
  package var isTraining: Bool { learner != nil || bias.gradient != nil }

  /// Where the input should live: among the activations if the learner keeps it as it is.
  package func arenaForInput(_ pass: ForwardPass) -> Arena {
    let keeps = pass.isTraining && learner?.keepsWholeInput == true
    return keeps ? pass.engine.activations : pass.engine.scratch
  }

  /// y = x Wᵀ, without the bias.
  /// - Returns: what `backward` will want, nil in inference or when W is frozen.
  package func forward(_ x: Operand, into y: Matrix<Float>, _ pass: ForwardPass) -> Operand? {
    pass.engine.multiply(.timesTransposed, x, weight.operand(pass.engine), into: y)
    (learner as? any WeightAddition)?.addOutput(x, to: y, pass)
    guard pass.isTraining else { return nil }
    return learner?.keep(x, pass.engine)
  }

  /// Accumulates the gradients of W and b, and writes or adds dx = dy W where it is wanted.
  package func backward(
    _ dy: Matrix<Float>, kept: Operand?, into dx: Matrix<Float>?, _ pass: ForwardPass,
    _ accumulation: Accumulation = .overwrite
  ) {
    let engine = pass.engine
    if let gradient = bias.gradient { engine.addColumnSums(of: dy, to: gradient) }
    guard dx != nil || learner != nil else { return }
    engine.scratch.scope {
      let operand = engine.operand(dy, in: engine.scratch)
      if let dx { engine.multiply(.plain, operand, weight.operand(engine), into: dx, accumulation) }
      if let learner, let kept {
        learner.accumulate(
          kept, outputGradient: OutputGradient(values: dy, operand: operand), inputGradient: dx,
          pass)
      }
    }
  }
}

import Compute
import Layers

/// Forms the whole gradient of a layer's weight at every backward pass, and shows it around. If the layer learns, it goes on
/// learning.
final class GradientObserver: WeightLearner {
  private let rows: Int, columns: Int
  private let training: (any WeightLearner)?
  private let observe: (_ gradient: Matrix<Float>, _ outputGradient: Operand, Engine) -> Void
  /// What the learner wants to see again of the last forward pass, unless that is the whole input.
  private var kept: Operand?

  /// - Parameter observe: is called with dW [out, in] and dY [rows, out], which are gone afterwards.
  init(
    _ linear: Linear,
    observe: @escaping (_ gradient: Matrix<Float>, _ outputGradient: Operand, Engine) -> Void
  ) {
    (rows, columns) = (linear.outputSize, linear.inputSize)
    training = linear.learner
    self.observe = observe
  }

  var addition: (any WeightAddition)? { training?.addition }

  var keepsWholeInput: Bool { true }

  func keep(_ input: Operand, _ engine: Engine) -> Operand {
    let wanted = training?.keep(input, engine)
    kept = training?.keepsWholeInput == false ? wanted : nil
    return input
  }

  func accumulate(_ input: Operand, outputGradient: Operand, _ pass: Pass) {
    let engine = pass.engine
    engine.scratch.scope {
      let gradient = engine.scratch.matrix(rows, columns, of: Float.self)
      engine.multiply(.tn, outputGradient, input, into: gradient)
      observe(gradient, outputGradient, engine)
    }
    // Last, as a gradient may take the place of activations.
    training?.accumulate(kept ?? input, outputGradient: outputGradient, pass)
    kept = nil
  }
}

import Compute
import Layers

/// Forms the whole gradient of a layer's weight at every backward pass, and shows it around. Nothing is trained.
final class GradientObserver: WeightLearner {
  private let rows: Int, columns: Int
  private let observe: (_ gradient: Matrix<Float>, _ outputGradient: Operand, Engine) -> Void

  /// - Parameter observe: is called with dW [out, in] and dY [rows, out], which are gone afterwards.
  init(
    _ linear: Linear,
    observe: @escaping (_ gradient: Matrix<Float>, _ outputGradient: Operand, Engine) -> Void
  ) {
    (rows, columns) = (linear.outputSize, linear.inputSize)
    self.observe = observe
  }

  var keepsWholeInput: Bool { true }

  func keep(_ input: Operand, _ engine: Engine) -> Operand { input }

  func accumulate(_ kept: Operand, outputGradient: Operand, _ pass: Pass) {
    let engine = pass.engine
    engine.scratch.scope {
      let gradient = engine.scratch.matrix(rows, columns, of: Float.self)
      engine.multiply(.tn, outputGradient, kept, into: gradient)
      observe(gradient, outputGradient, engine)
    }
  }
}

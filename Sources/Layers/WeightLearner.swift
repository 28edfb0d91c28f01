import Compute

/// How the weight of a linear layer learns. The layer does not know which method this is: it hands over
/// its input in the forward pass, and the gradient of its output in the backward pass.
package protocol WeightLearner: AnyObject {
  /// Whether `keep` returns its argument; the input then has to outlive the forward pass.
  var keepsWholeInput: Bool { get }

  /// Called in the forward pass of training with the layer's input [rows, in].
  /// - Returns: what the learner wants to see again in the backward pass, in the arena of activations.
  func keep(_ input: Operand, _ engine: Engine) -> Operand

  /// Adds what this batch says about the weight's gradient G = dYᵀ X [out, in].
  /// - Parameter inputGradient: dY W [rows, in], where it is wanted: a learner that adds to the layer's
  ///   output adds its part.
  func accumulate(
    _ kept: Operand, outputGradient: OutputGradient, inputGradient: Matrix<Float>?,
    _ pass: ForwardPass)
}

/// A learner that leaves W as it is and learns what to add to it.
package protocol WeightAddition: WeightLearner {
  /// y += x ΔWᵀ, in training and in inference, for x [rows, in].
  func addOutput(_ x: Operand, to y: Matrix<Float>, _ pass: ForwardPass)

  /// Adds ΔW to a copy of the weight.
  func merge(into weight: Matrix<Float>, _ engine: Engine)
}

/// The gradient dY of a linear layer's output [rows, out].
package struct OutputGradient {
  package let values: Matrix<Float>
  /// The same in the precision of products.
  package let operand: Operand
}

/// What a backward pass through a block is for besides the gradients of its own parameters.
package enum GradientWanted {
  /// The gradient of the block's input too: something below it trains.
  case input
  /// Nothing: the block is the lowest that trains.
  case none
}

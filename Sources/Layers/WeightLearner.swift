import Compute

/// How the weight of a linear layer learns. The layer does not know which method this is: it hands over
/// its input in the forward pass, and the gradient of its output in the backward pass.
package protocol WeightLearner: AnyObject {
  /// What the learner adds to the layer's output; nil when it changes W itself.
  var addition: (any WeightAddition)? { get }
  /// Whether `keep` returns its argument; the input then has to be there in the backward pass, kept or
  /// computed again.
  var keepsWholeInput: Bool { get }

  /// Called in the forward pass of training with the layer's input [rows, in].
  /// - Returns: what the learner wants to see again in the backward pass, in the arena of activations.
  func keep(_ input: Operand, _ engine: Engine) -> Operand

  /// Adds what this batch says about the weight's gradient G = dYᵀ X [out, in].
  func accumulate(_ kept: Operand, outputGradient: Operand, _ pass: Pass)
}

extension WeightLearner {
  package var addition: (any WeightAddition)? { nil }
}

/// What is learnt beside a weight that stays as it is, and added to it.
package protocol WeightAddition: AnyObject {
  /// y += x ΔWᵀ, in training and in inference, for x [rows, in].
  func addOutput(_ x: Operand, to y: Matrix<Float>, _ pass: Pass)

  /// dx += dy ΔW, before `accumulate` of the same gradient.
  func addInputGradient(_ dy: Operand, to dx: Matrix<Float>, _ pass: Pass)

  /// Adds ΔW to a copy of the weight.
  func merge(into weight: Matrix<Float>, _ engine: Engine)
}

/// What a backward pass through a block is for besides the gradients of its own parameters.
package enum GradientWanted {
  /// The gradient of the block's input too: something below it trains.
  case input
  /// Nothing: the block is the lowest that trains.
  case none
}

import Compute

/// Normalisation of rows by the root of their mean square (Zhang and Sennrich, 2019), with a scale for each column.
package final class RMSNorm {
  /// The scale [columns] (`input_layernorm.weight`).
  package let weight: Parameter
  private let epsilon: Float

  /// A layer of this scale; `epsilon` is added to the mean square.
  package init(weight: Parameter, epsilon: Float) {
    self.weight = weight
    self.epsilon = epsilon
  }

  package var isTraining: Bool { weight.gradient != nil }

  /// y = the normalised x; y may be x.
  package func forward(
    _ x: Matrix<Float>, into y: Operand, saving saved: NormalizedRows, _ engine: Engine
  ) {
    engine.rmsNorm(x, gamma: weight.value, epsilon: epsilon, saving: saved, into: y)
  }

  /// Accumulates the gradient of the scale; adds that of x to dx.
  package func backward(
    _ dy: Matrix<Float>, _ saved: NormalizedRows, addingTo dx: Matrix<Float>, _ engine: Engine
  ) {
    if let gamma = weight.gradient { engine.rmsNormGradients(dy, saved, gamma: gamma) }
    engine.rmsNormBackward(dy, saved, gamma: weight.value, addingTo: dx)
  }
}

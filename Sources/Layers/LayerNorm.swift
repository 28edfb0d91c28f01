import Compute

/// Layer normalisation (Ba et al., 2016) with a scale (gamma) and a bias for each column.
package final class LayerNorm {
  /// The scale [columns] (`LayerNorm.weight`).
  package let weight: Parameter
  /// The bias [columns].
  package let bias: Parameter
  private let epsilon: Float

  /// A layer of these parameters; `epsilon` is added to the variance.
  package init(weight: Parameter, bias: Parameter, epsilon: Float) {
    self.weight = weight
    self.bias = bias
    self.epsilon = epsilon
  }

  package var isTraining: Bool { weight.gradient != nil || bias.gradient != nil }

  /// y = the normalised x. What is saved lives in `arena`.
  package func forward(
    _ x: Matrix<Float>, into y: Matrix<Float>, saving arena: Arena, _ engine: Engine
  ) -> NormalizedRows {
    let saved = NormalizedRows(x.rows, x.columns, in: arena, engine)
    engine.layerNorm(
      x, gamma: weight.value, bias: bias.value, epsilon: epsilon, saving: saved, into: y)
    return saved
  }

  /// y = the normalised residual + dropout(x + xBias): how every block of BERT ends.
  package func forward(
    _ x: Matrix<Float>, xBias: Matrix<Float>, residual: Matrix<Float>, site: DropoutSite,
    into y: Hidden, _ pass: Pass
  ) -> NormalizedRows {
    let saved = NormalizedRows(x.rows, x.columns, in: pass.arena, pass.engine)
    pass.engine.residualLayerNorm(
      x, xBias: xBias, residual: residual, dropout: pass.dropout, site: site.number,
      probability: site.probability, gamma: weight.value, bias: bias.value, epsilon: epsilon,
      saving: saved, into: y.values, rounded: y.rounded)
    return saved
  }

  /// Accumulates the gradients of gamma and bias; dx (may be dy) is the gradient of what was normalised.
  package func backward(
    _ dy: Matrix<Float>, _ saved: NormalizedRows, into dx: Matrix<Float>, _ engine: Engine
  ) {
    accumulate(dy, saved, engine)
    engine.layerNormBackward(dy, saved, gamma: weight.value, into: dx)
  }

  /// The same for a normalised residual + dropout(x): dx is the residual's gradient.
  /// - Returns: the gradient of x, in scratch memory, or dx itself when it is the same.
  package func backward(
    _ dy: Matrix<Float>, _ saved: NormalizedRows, into dx: Matrix<Float>, site: DropoutSite,
    _ pass: Pass
  ) -> Operand {
    let engine = pass.engine
    accumulate(dy, saved, engine)
    let isSame =
      engine.precision == .float32 && (pass.dropout == nil || site.probability == 0)
    let dropped = isSame ? nil : engine.operand(dx.rows, dx.columns, in: engine.scratch)
    engine.layerNormBackward(
      dy, saved, gamma: weight.value, into: dx, dropout: pass.dropout, site: site.number,
      probability: site.probability, dropped: dropped)
    return dropped ?? .float32(dx)
  }

  private func accumulate(_ dy: Matrix<Float>, _ saved: NormalizedRows, _ engine: Engine) {
    guard let gamma = weight.gradient, let offset = bias.gradient else { return }
    engine.layerNormGradients(dy, saved, gamma: gamma, bias: offset)
  }
}

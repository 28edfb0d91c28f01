import Compute

/// Layer normalisation (Ba et al., 2016) with gain and bias per column.
public final class LayerNorm {
  /// The gain [columns] (`LayerNorm.weight`).
  public let weight: Parameter
  /// The bias [columns].
  public let bias: Parameter
  private let epsilon: Float

  /// A layer of these parameters; `epsilon` is added to the variance.
  public init(weight: Parameter, bias: Parameter, epsilon: Float) {
    self.weight = weight
    self.bias = bias
    self.epsilon = epsilon
  }

  package var isTraining: Bool { weight.gradient != nil || bias.gradient != nil }

  /// y = the normalised x.
  package func forward(_ x: Matrix<Float>, into y: Matrix<Float>, _ engine: Engine)
    -> NormalizedRows
  {
    let saved = NormalizedRows(x.rows, x.columns, in: engine.activations)
    engine.layerNorm(
      x, gain: weight.value, bias: bias.value, epsilon: epsilon, saving: saved, into: y)
    return saved
  }

  /// y = the normalised residual + dropout(x + xBias): how every block of BERT ends.
  package func forward(
    _ x: Matrix<Float>, xBias: Parameter, residual: Matrix<Float>, site: DropoutSite,
    into y: Matrix<Float>, _ pass: ForwardPass
  ) -> NormalizedRows {
    let saved = NormalizedRows(x.rows, x.columns, in: pass.engine.activations)
    pass.engine.residualLayerNorm(
      x, xBias: xBias.value, residual: residual, dropout: pass.dropout, site: site.number,
      probability: site.probability, gain: weight.value, bias: bias.value, epsilon: epsilon,
      saving: saved, into: y)
    return saved
  }

  /// Accumulates the gradients of gain and bias; dx (may be dy) is the gradient of what was normalised.
  package func backward(
    _ dy: Matrix<Float>, _ saved: NormalizedRows, into dx: Matrix<Float>, _ engine: Engine
  ) {
    if let gain = weight.gradient, let offset = bias.gradient {
      engine.layerNormGradients(dy, saved, gain: gain, bias: offset)
    }
    engine.layerNormBackward(dy, saved, gain: weight.value, into: dx)
  }
}

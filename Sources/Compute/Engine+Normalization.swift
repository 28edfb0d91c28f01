import CKernels

/// What a normalisation of rows saves for its backward pass.
package struct NormalizedRows {
  /// The normalised rows, before the scale [rows, columns].
  package let values: Operand
  /// What each row was multiplied by: 1 / standard deviation, or 1 / root of the mean square.
  package let inverse: UnsafeMutablePointer<Float>

  /// Room for `rows` x `columns` from `arena`, in the precision of products.
  package init(_ rows: Int, _ columns: Int, in arena: Arena, _ engine: Engine) {
    values = engine.operand(rows, columns, in: arena)
    inverse = arena.allocate(rows)
  }
}

extension Engine {
  /// y = normalised(x) gamma + bias, and the same rounded where it is wanted.
  package func layerNorm(
    _ x: Matrix<Float>, gamma: Matrix<Float>, bias: Matrix<Float>, epsilon: Float,
    saving saved: NormalizedRows, into y: Matrix<Float>, rounded: Matrix<BFloat16>? = nil
  ) {
    parallel(x.rows, grain: rowGrain(x.columns)) {
      kernels.layer_norm(
        x.data, gamma.data, bias.data, epsilon, saved.values.kernel, saved.inverse, y.data,
        rounded?.bits, x.columns, $0.lowerBound, $0.upperBound)
    }
  }

  /// y = the layer normalisation of residual + dropout(x + xBias), and the same rounded where it is wanted.
  package func residualLayerNorm(
    _ x: Matrix<Float>, xBias: Matrix<Float>, residual: Matrix<Float>, dropout: Dropout?, site: Int,
    probability: Float, gamma: Matrix<Float>, bias: Matrix<Float>, epsilon: Float,
    saving saved: NormalizedRows, into y: Matrix<Float>, rounded: Matrix<BFloat16>? = nil
  ) {
    var kernel = dropout.kernel(site, probability)
    parallel(x.rows, grain: rowGrain(x.columns)) {
      kernels.residual_layer_norm(
        x.data, xBias.data, residual.data, &kernel, gamma.data, bias.data, epsilon,
        saved.values.kernel, saved.inverse, y.data, rounded?.bits, x.columns, $0.lowerBound,
        $0.upperBound)
    }
  }

  /// dx from dy; they may be the same matrix. `dropped` is dx as the dropout of `site` leaves it, where it
  /// is wanted.
  package func layerNormBackward(
    _ dy: Matrix<Float>, _ saved: NormalizedRows, gamma: Matrix<Float>, into dx: Matrix<Float>,
    dropout: Dropout? = nil, site: Int = 0, probability: Float = 0, dropped: Operand? = nil
  ) {
    var kernel = dropout.kernel(site, probability)
    parallel(dy.rows, grain: rowGrain(dy.columns)) {
      kernels.layer_norm_backward(
        dy.data, saved.values.kernel, saved.inverse, gamma.data, dx.data, &kernel, dropped.kernel,
        dy.columns, $0.lowerBound, $0.upperBound)
    }
  }

  /// Adds the gradients of gamma and bias.
  package func layerNormGradients(
    _ dy: Matrix<Float>, _ saved: NormalizedRows, gamma dgamma: Matrix<Float>,
    bias dbias: Matrix<Float>
  ) {
    parallel(dy.columns, grain: columnGrain(dy.columns)) {
      kernels.layer_norm_gradients(
        dy.data, saved.values.kernel, dy.rows, dy.columns, dgamma.data, dbias.data, $0.lowerBound,
        $0.upperBound)
    }
  }
}

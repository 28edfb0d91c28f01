import CKernels

/// Normalisation by the root of the mean square (Zhang and Sennrich, 2019).
extension Engine {
  /// y = x / √(mean x² + epsilon) · gamma for every row.
  package func rmsNorm(
    _ x: Matrix<Float>, gamma: Matrix<Float>, epsilon: Float, saving saved: NormalizedRows,
    into y: Operand
  ) {
    precondition(x.stride == x.columns && gamma.count == x.columns)
    parallel(x.rows, grain: rowGrain(x.columns)) {
      kernels.rms_norm(
        x.data, gamma.data, epsilon, saved.values.kernel, saved.inverse, y.kernel, x.columns,
        $0.lowerBound, $0.upperBound)
    }
  }

  /// dx += the gradient of x.
  package func rmsNormBackward(
    _ dy: Matrix<Float>, _ saved: NormalizedRows, gamma: Matrix<Float>, addingTo dx: Matrix<Float>
  ) {
    parallel(dy.rows, grain: rowGrain(dy.columns)) {
      kernels.rms_norm_backward(
        dy.data, saved.values.kernel, saved.inverse, gamma.data, dx.data, dy.columns,
        $0.lowerBound, $0.upperBound)
    }
  }

  /// dgamma += the gradient of gamma.
  package func rmsNormGradients(
    _ dy: Matrix<Float>, _ saved: NormalizedRows, gamma dgamma: Matrix<Float>
  ) {
    parallel(dy.columns, grain: columnGrain(dy.columns)) {
      kernels.rms_norm_gradients(
        dy.data, saved.values.kernel, dy.rows, dy.columns, dgamma.data, $0.lowerBound,
        $0.upperBound)
    }
  }
}

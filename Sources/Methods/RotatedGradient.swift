import Compute

/// The gradient of a weight in the coordinates of its bases, G~ = P_out dYᵀ X P_inᵀ.
struct RotatedGradient {
  let coordinates: WeightCoordinates
  /// See `SparseGradSettings.zeroThreshold`.
  let zeroThreshold: Float?

  var rows: Int { coordinates.output.count }
  var columns: Int { coordinates.input.count }

  /// Whether `keep` returns its argument.
  var keepsWholeInput: Bool {
    if case .all = coordinates.input { true } else { false }
  }

  /// X P_inᵀ, in the arena of activations.
  func keep(_ input: Operand, _ engine: Engine) -> Operand {
    coordinates.input.project(input, in: engine.activations, engine)
  }

  /// gradient [rows, columns] = or += G~.
  /// - Parameters:
  ///   - kept: what `keep` has returned.
  ///   - dy: the gradient of the layer's output.
  func add(
    _ kept: Operand, _ dy: Operand, into gradient: Matrix<Float>, _ accumulation: Accumulation,
    _ engine: Engine
  ) {
    let projected = coordinates.output.project(dy, in: engine.scratch, engine)
    if let zeroThreshold, case .float32(let dy) = projected, case .float32(let x) = kept {
      SparseByDense(threshold: zeroThreshold)
        .multiply(dy, x, into: gradient, engine, accumulation: accumulation)
    } else {
      engine.multiply(.tn, projected, kept, into: gradient, accumulation)
    }
  }
}

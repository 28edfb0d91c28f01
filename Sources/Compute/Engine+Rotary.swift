import CKernels

/// Cosines and sines of the angles by which rotary positions turn pairs of columns (Su et al., 2021).
package struct RotaryTable {
  /// [positions, half of a head]
  package let cosines: Matrix<Float>, sines: Matrix<Float>

  package init(cosines: Matrix<Float>, sines: Matrix<Float>) {
    self.cosines = cosines
    self.sines = sines
  }
}

extension Engine {
  /// Which way vectors are turned.
  package enum Rotation {
    /// By the angles of their positions.
    case forward
    /// Back again: what a gradient needs.
    case backward

    fileprivate var kernel: ck_direction { self == .forward ? CK_FORWARD : CK_BACKWARD }
  }

  /// y = x [rows, heads · size] with every head of a row turned by the angles of the row's position. y may be x.
  ///
  /// Column i is paired with column i + half of the head, as in `transformers`.
  package func rotate(
    _ x: Operand, into y: Operand, _ rotation: Rotation, positions: [Int32], _ table: RotaryTable
  ) {
    let size = 2 * table.cosines.columns
    precondition(positions.count == x.rows && x.columns.isMultiple(of: size))
    precondition(x.stride == x.columns && y.stride == y.columns)
    parallel(x.rows, grain: rowGrain(x.columns)) {
      kernels.rotate(
        rotation.kernel, x.kernel, y.kernel, positions, table.cosines.data, table.sines.data,
        x.columns / size, size, $0.lowerBound, $0.upperBound)
    }
  }
}

import Compute
import Layers

/// dYᵀ X where many rows and columns of dY are zero (section 3.3 of the paper, equations 1 and 2): gather the
/// non-zero ones, multiply the small dense matrices, scatter the result.
package struct SparseByDense {
  /// Rows and columns whose magnitudes are all at most this count as zero.
  package let threshold: Float

  package init(threshold: Float) { self.threshold = threshold }

  /// product [columns of dY, columns of X] = or += dYᵀ X over the rows and columns of dY that count.
  package func multiply(
    _ dy: Matrix<Float>, _ x: Matrix<Float>, into product: Matrix<Float>, _ engine: Engine,
    accumulation: Accumulation = .overwrite
  ) {
    let (rows, columns) = nonZero(dy)
    if accumulation == .overwrite { product.elements.update(repeating: 0) }
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let scratch = engine.scratch
    scratch.scope {
      let left = scratch.matrix(rows.count, columns.count, of: Float.self)
      for (i, row) in rows.enumerated() {
        for (j, column) in columns.enumerated() {
          left.data[i * left.stride + j] = dy.data[Int(row) * dy.stride + Int(column)]
        }
      }
      let right = scratch.matrix(rows.count, x.columns, of: Float.self)
      engine.gatherRows(x, rows, into: right)
      let small = scratch.matrix(columns.count, x.columns, of: Float.self)
      engine.multiply(.tn, left, right, into: small)
      for (j, column) in columns.enumerated() {
        engine.axpy(
          1, small.data + j * small.stride, product.data + Int(column) * product.stride, x.columns)
      }
    }
  }

  /// The rows and the columns that have an element above the threshold.
  private func nonZero(_ dy: Matrix<Float>) -> (rows: [Int32], columns: [Int32]) {
    var rows: [Int32] = []
    var columnCounts = [Bool](repeating: false, count: dy.columns)
    for r in 0..<dy.rows {
      let row = dy[row: r]
      var counts = false
      for c in 0..<dy.columns where abs(row[c]) > threshold {
        columnCounts[c] = true
        counts = true
      }
      if counts { rows.append(Int32(r)) }
    }
    return (rows, (0..<dy.columns).filter { columnCounts[$0] }.map(Int32.init))
  }
}

import Compute

/// The magnitudes of a matrix, small enough for a picture: each cell is the largest of a block of elements, so that a single
/// large element does not vanish.
public struct MagnitudeGrid: Sendable {
  /// How many elements the matrix has along each side.
  public let size: (rows: Int, columns: Int)
  /// How many cells there are along each side.
  public let cells: (rows: Int, columns: Int)
  /// Row-major.
  public let values: [Float]

  /// - Parameter most: cells along a side.
  package init(_ matrix: Matrix<Float>, most: Int = 256) {
    self.init(matrix, rows: matrix.rows, most: most) { $0 }
  }

  /// A matrix of more rows, which are 0 where the given one has none.
  /// - Parameters:
  ///   - rows: how many there are.
  ///   - place: where each row of the matrix belongs.
  init(_ matrix: Matrix<Float>, rows: Int, most: Int = 256, _ place: (Int) -> Int) {
    size = (rows, matrix.columns)
    cells = (min(most, rows), min(most, matrix.columns))
    var values = [Float](repeating: 0, count: cells.rows * cells.columns)
    for row in 0..<matrix.rows {
      let source = matrix[row: row]
      let first = place(row) * cells.rows / rows * cells.columns
      for column in 0..<matrix.columns {
        let cell = first + column * cells.columns / matrix.columns
        values[cell] = max(values[cell], abs(source[column]))
      }
    }
    self.values = values
  }
}

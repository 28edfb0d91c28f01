@testable import Compute

/// Plain matrices in double precision, for references.
struct DoubleMatrix {
  let rows: Int, columns: Int
  var values: [Double]

  init(_ rows: Int, _ columns: Int, _ values: [Double]? = nil) {
    (self.rows, self.columns) = (rows, columns)
    self.values = values ?? [Double](repeating: 0, count: rows * columns)
  }

  init(_ x: Matrix<Float>) {
    self.init(x.rows, x.columns, x.elements.map(Double.init))
  }

  subscript(r: Int, c: Int) -> Double {
    get { values[r * columns + c] }
    set { values[r * columns + c] = newValue }
  }

  var transposed: DoubleMatrix {
    var result = DoubleMatrix(columns, rows)
    for r in 0..<rows { for c in 0..<columns { result[c, r] = self[r, c] } }
    return result
  }

  static func * (a: DoubleMatrix, b: DoubleMatrix) -> DoubleMatrix {
    var result = DoubleMatrix(a.rows, b.columns)
    for i in 0..<a.rows {
      for l in 0..<a.columns {
        let factor = a[i, l]
        for j in 0..<b.columns { result[i, j] += factor * b[l, j] }
      }
    }
    return result
  }

  static func + (a: DoubleMatrix, b: DoubleMatrix) -> DoubleMatrix {
    DoubleMatrix(a.rows, a.columns, zip(a.values, b.values).map { $0 + $1 })
  }

  func scaled(_ factor: Double) -> DoubleMatrix {
    DoubleMatrix(rows, columns, values.map { factor * $0 })
  }

  static func identity(_ n: Int) -> DoubleMatrix {
    var result = DoubleMatrix(n, n)
    for i in 0..<n { result[i, i] = 1 }
    return result
  }

  /// A random orthogonal matrix (Gram and Schmidt).
  static func orthogonal(_ n: Int, seed: UInt64) -> DoubleMatrix {
    var rows: [[Double]] = []
    for r in 0..<n {
      var row = normals(n, seed: seed + UInt64(r) * 1000).map(Double.init)
      for other in rows + rows {
        let projection = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
        for c in 0..<n { row[c] -= projection * other[c] }
      }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      rows.append(row.map { $0 / length })
    }
    return DoubleMatrix(n, n, rows.flatMap { $0 })
  }

  /// The largest difference of an element; infinite when one is not a number.
  func distance(to x: Matrix<Float>) -> Double {
    zip(values, x.elements).reduce(0) {
      let error = abs($1.0 - Double($1.1))
      return error.isFinite ? max($0, error) : .infinity
    }
  }
}

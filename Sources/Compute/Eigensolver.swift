import CBLAS
import Support

/// LAPACK's symmetric eigenproblem (`ssyevd`), on one thread so that its result does not depend on them.
package struct Eigensolver {
  private let solve: lapack_ssyevd

  /// - Throws: `InputError` when LAPACK cannot be opened.
  package init() throws { solve = try Libraries.openEigensolver() }

  /// Replaces the symmetric `matrix` [n, n] by its eigenvectors as rows, the largest eigenvalue first.
  /// - Returns: the eigenvalues, descending.
  /// - Throws: `InputError` when the matrix has no decomposition (it holds NaN or infinity).
  package func decompose(_ matrix: Matrix<Float>, _ ledger: MemoryLedger) throws -> [Float] {
    let n = matrix.rows
    precondition(matrix.columns == n && matrix.stride == n)
    guard n <= 32_766 else {
      throw InputError(
        "basis", "LAPACK's 32-bit sizes end at 32766 coordinates, this axis has \(n)")
    }
    var order = Int32(n), info: Int32 = 0
    // The sizes that the documentation asks for; a query's float answer is rounded for large orders.
    var workSize = Int32(1 + 6 * n + 2 * n * n), integerSize = Int32(3 + 5 * n)
    var values = [Float](repeating: 0, count: n)
    let work = Buffer<Float>(count: Int(workSize), .temporary, ledger)
    let integers = Buffer<Int32>(count: Int(integerSize), .temporary, ledger)
    solve(
      "V", "L", &order, matrix.data, &order, &values, work.data, &workSize, integers.data,
      &integerSize, &info)
    guard info == 0 else {
      throw InputError(
        "basis", "the gradients have no decomposition (ssyevd says \(info)): are they finite?")
    }
    // Fortran's columns are our rows; they come in ascending order.
    for i in 0..<n / 2 {
      let (a, b) = (matrix[row: i], matrix[row: n - 1 - i])
      for c in 0..<n { (a[c], b[c]) = (b[c], a[c]) }
    }
    return values.reversed()
  }
}

import CKernels

extension Engine {
  /// About how many elements make a task worth handing to another thread.
  static var grain: Int { 16384 }

  /// The number of columns that make a task of something that goes down columns: wide enough to read whole
  /// stretches of rows.
  func columnGrain(_ columns: Int) -> Int { max(64, (columns / 8 + 63) / 64 * 64) }

  /// The number of rows of `columns` elements that make a task.
  func rowGrain(_ columns: Int) -> Int { max(1, Self.grain / max(1, columns)) }

  /// y += x
  package func add(_ x: Matrix<Float>, to y: Matrix<Float>) {
    precondition(x.rows == y.rows && x.columns == y.columns)
    let from = x.elements, to = y.elements
    guard let source = from.baseAddress, let target = to.baseAddress else { return }
    parallel(x.count, grain: 4 * Self.grain) {
      kernels.add(target, source, $0.lowerBound, $0.upperBound)
    }
  }

  /// y = factor · y
  package func scale(_ y: Matrix<Float>, by factor: Float) {
    guard factor != 1, let data = y.elements.baseAddress else { return }
    parallel(y.count, grain: 4 * Self.grain) {
      kernels.scale(data, factor, $0.lowerBound, $0.upperBound)
    }
  }

  /// y = x + bias in every row; y may be x.
  package func addBias(_ bias: Matrix<Float>, to x: Matrix<Float>, into y: Operand) {
    precondition(bias.count == x.columns && x.stride == x.columns)
    parallel(x.rows, grain: rowGrain(x.columns)) {
      kernels.add_bias(x.data, bias.data, y.kernel, x.columns, $0.lowerBound, $0.upperBound)
    }
  }

  /// sums[c] += the sum of column c of x.
  package func addColumnSums(of x: Operand, to sums: Matrix<Float>) {
    precondition(sums.count == x.columns)
    parallel(x.columns, grain: columnGrain(x.columns)) {
      kernels.column_sums(x.kernel, x.rows, x.stride, sums.data, $0.lowerBound, $0.upperBound)
    }
  }

  /// The sum of squares, added in an order that depends on the count alone.
  package func sumOfSquares(_ x: UnsafeMutableBufferPointer<Float>) -> Double {
    guard let data = x.baseAddress else { return 0 }
    return sumOfSquares(.float32(Matrix(data, rows: 1, columns: x.count)))
  }

  /// The same of a matrix without gaps between its rows.
  package func sumOfSquares(_ x: Operand) -> Double {
    precondition(x.stride == x.columns)
    let grain = 8 * Self.grain
    return scratch.scope {
      let chunks = (x.count + grain - 1) / grain
      let partial = scratch.allocate(2 * chunks, of: Float.self)
      return partial.withMemoryRebound(to: Double.self, capacity: chunks) { sums in
        nonisolated(unsafe) let sums = sums
        parallel(x.count, grain: grain) {
          sums[$0.lowerBound / grain] = kernels.sum_of_squares(
            x.kernel, $0.lowerBound, $0.upperBound)
        }
        return (0..<chunks).reduce(0) { $0 + sums[$1] }
      }
    }
  }

  /// y[r] = x[indices[r]]
  package func gatherRows(
    _ x: Matrix<Float>, _ indices: UnsafePointer<Int32>, into y: Matrix<Float>
  ) {
    parallel(y.rows, grain: rowGrain(y.columns)) {
      kernels.gather_rows(
        x.data, x.stride, indices, y.data, y.columns, $0.lowerBound, $0.upperBound)
    }
  }

  /// The rows of x at `indices`, in the same precision.
  package func gatherRows(_ x: Operand, _ indices: [Int32], in arena: Arena) -> Operand {
    switch x {
    case .float32(let x):
      let y = arena.matrix(indices.count, x.columns, of: Float.self)
      gatherRows(x, indices, into: y)
      return .float32(y)
    case .bfloat16(let x):
      let y = arena.matrix(indices.count, x.columns, of: BFloat16.self)
      for (r, row) in indices.enumerated() {
        (y.data + r * y.stride).update(from: x.data + Int(row) * x.stride, count: x.columns)
      }
      return .bfloat16(y)
    }
  }

  /// y[indices[r]] += x[r]
  package func add(_ x: Matrix<Float>, toRows indices: [Int32], of y: Matrix<Float>) {
    precondition(x.columns == y.columns && x.rows == indices.count)
    for (r, row) in indices.enumerated() {
      axpy(1, x.data + r * x.stride, y.data + Int(row) * y.stride, x.columns)
    }
  }

  /// The columns of x at `indices`, in the same precision.
  package func gatherColumns(_ x: Operand, _ indices: [Int32], in arena: Arena) -> Operand {
    switch x {
    case .float32(let x): .float32(gatherColumns(x, indices, in: arena))
    case .bfloat16(let x): .bfloat16(gatherColumns(x, indices, in: arena))
    }
  }

  private func gatherColumns<T>(_ x: Matrix<T>, _ indices: [Int32], in arena: Arena) -> Matrix<T> {
    let y = arena.matrix(x.rows, indices.count, of: T.self)
    parallel(x.rows, grain: rowGrain(indices.count)) { rows in
      for r in rows {
        let (from, to) = (x.data + r * x.stride, y.data + r * y.stride)
        for (c, index) in indices.enumerated() { to[c] = from[Int(index)] }
      }
    }
    return y
  }

  /// y += x² element by element
  package func addSquares(of x: Matrix<Float>, to y: Matrix<Float>) {
    parallel(x.count, grain: 4 * Self.grain) {
      kernels.add_squares(y.data, x.data, $0.lowerBound, $0.upperBound)
    }
  }

  /// y += a x for rows of `count` elements; runs on the calling thread.
  package func axpy(
    _ a: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    kernels.axpy(a, x, y, count)
  }
}

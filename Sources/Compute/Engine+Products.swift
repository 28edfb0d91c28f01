import Foundation

extension Engine {
  /// c = or += a · b, with operands read as `form` says.
  ///
  /// The result is cut into tiles by its shape alone and each tile is computed by one thread, so that
  /// every bit of it is the same whatever the number of threads.
  package func multiply<T: MatrixElement, R: MatrixElement>(
    _ form: ProductForm, _ a: Matrix<T>, _ b: Matrix<T>, into c: Matrix<R>,
    _ accumulation: Accumulation = .overwrite, file: StaticString = #fileID
  ) {
    let (m, k) = form == .tn ? (a.columns, a.rows) : (a.rows, a.columns)
    let (n, depth) = form == .nt ? (b.rows, b.columns) : (b.columns, b.rows)
    precondition(k == depth && c.rows == m && c.columns == n, "shapes do not fit")
    guard m > 0, n > 0 else { return }
    guard k > 0 else {
      if accumulation == .overwrite {
        for r in 0..<m { memset(c.data + r * c.stride, 0, n * MemoryLayout<R>.stride) }
      }
      return
    }
    let signals = WaitingSignals()
    defer { signals.goOn() }
    productCount += 1
    let grid = TileGrid(m, n, products.tiles(form))
    let whole = TileProduct(
      form: form, m: m, n: n, k: k, a: a.stored, b: b.stored, c: c.stored,
      accumulation: accumulation)
    measured(form.operation(m, n, k, "\(file)"), flops: 2 * m * n * k) {
      tasks(grid.count) { index, worker in
        let (rows, columns) = grid[index]
        products.multiply(
          TileProduct(
            form: form, m: rows.count, n: columns.count, k: k,
            a: whole.left(row: rows.lowerBound, depth: 0),
            b: whole.right(depth: 0, column: columns.lowerBound),
            c: whole.c.advanced(rows: rows.lowerBound, columns: columns.lowerBound),
            accumulation: accumulation), worker: worker)
      }
    }
  }

  /// The same for operands whose precision is known only at run time; both must have the same.
  package func multiply(
    _ form: ProductForm, _ a: Operand, _ b: Operand, into c: Matrix<Float>,
    _ accumulation: Accumulation = .overwrite, file: StaticString = #fileID
  ) {
    switch (a, b) {
    case (.float32(let a), .float32(let b)): multiply(form, a, b, into: c, accumulation, file: file)
    case (.bfloat16(let a), .bfloat16(let b)):
      multiply(form, a, b, into: c, accumulation, file: file)
    default: preconditionFailure("operands of different precision")
    }
  }

  /// The same into a result that may be rounded, too: of products in bfloat16 only.
  package func multiply(
    _ form: ProductForm, _ a: Operand, _ b: Operand, into c: Operand,
    _ accumulation: Accumulation = .overwrite, file: StaticString = #fileID
  ) {
    switch (a, b, c) {
    case (_, _, .float32(let c)): multiply(form, a, b, into: c, accumulation, file: file)
    case (.bfloat16(let a), .bfloat16(let b), .bfloat16(let c)):
      multiply(form, a, b, into: c, accumulation, file: file)
    default: preconditionFailure("a rounded result of operands that are not")
    }
  }
}

extension Matrix {
  /// The matrix as products see it.
  fileprivate var stored: StoredTile {
    StoredTile(
      data: data, stride: stride, type: Element.self == BFloat16.self ? .bfloat16 : .float32)
  }
}

extension ProductForm {
  /// A product as a profiler calls it: by the sizes of the matrix that is, or becomes, a weight's.
  fileprivate func operation(_ m: Int, _ n: Int, _ k: Int, _ caller: String) -> Profiler.Operation {
    switch self {
    case .nt: .product(self, rows: n, columns: k, caller: caller)
    case .nn: .product(self, rows: k, columns: n, caller: caller)
    case .tn: .product(self, rows: m, columns: n, caller: caller)
    }
  }
}

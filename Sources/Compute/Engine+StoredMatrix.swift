import CKernels

/// Products with frozen matrices as files store them. There never is a float32 copy of a matrix:
/// tiles of it are decoded into a buffer that stays in the processor's cache, each element once.
extension Engine {
  /// Rows, and columns, of a tile: whole blocks of every encoding.
  private static var tileRows: Int { 128 }
  private static var tileColumns: Int { 512 }

  /// y [rows.count, columns] = the rows of w in `rows`, in float32.
  package func decode(_ w: StoredMatrix, rows: Range<Int>, into y: Matrix<Float>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= w.rows, "rows beyond the matrix")
    precondition(y.rows == rows.count && y.columns == w.columns, "shapes do not fit")
    parallel(rows.count, grain: rowGrain(w.columns)) { part in
      kernels.decode_tile(
        w.encoding.kernel, w.start(row: rows.lowerBound + part.lowerBound, column: 0), w.rowBytes,
        y.data + part.lowerBound * y.stride, y.stride, part.count, w.columns)
    }
  }

  /// y [n, out] = or += x [n, in] · wᵀ, for a weight w [out, in].
  package func multiply(
    _ x: Operand, transposed w: StoredMatrix, into y: Matrix<Float>,
    _ accumulation: Accumulation = .overwrite
  ) {
    precondition(
      x.columns == w.columns && y.rows == x.rows && y.columns == w.rows, "shapes do not fit")
    if x.rows == 1 { return multiply(row: x, w, into: y, accumulation) }
    inTiles(x.rows, count: (w.rows + Self.tileRows - 1) / Self.tileRows) { task, worker, room in
      let rows = task * Self.tileRows..<min(w.rows, (task + 1) * Self.tileRows)
      for column in stride(from: 0, to: w.columns, by: Self.tileColumns) {
        let columns = column..<min(w.columns, column + Self.tileColumns)
        products.multiply(
          TileProduct(
            form: .nt, m: x.rows, n: rows.count, k: columns.count,
            a: x.tile(column: column), b: decoded(w, rows, columns, x.type, room),
            c: y.tile(column: rows.lowerBound),
            accumulation: column == 0 ? accumulation : .add), worker: worker)
      }
    }
  }

  /// dx [n, in] = or += dy [n, out] · w, for a weight w [out, in].
  package func multiply(
    _ dy: Operand, by w: StoredMatrix, into dx: Matrix<Float>,
    _ accumulation: Accumulation = .overwrite
  ) {
    precondition(
      dy.columns == w.rows && dx.rows == dy.rows && dx.columns == w.columns, "shapes do not fit")
    let count = (w.columns + Self.tileColumns - 1) / Self.tileColumns
    inTiles(dy.rows, count: count) { task, worker, room in
      let columns = task * Self.tileColumns..<min(w.columns, (task + 1) * Self.tileColumns)
      for row in stride(from: 0, to: w.rows, by: Self.tileRows) {
        let rows = row..<min(w.rows, row + Self.tileRows)
        products.multiply(
          TileProduct(
            form: .nn, m: dy.rows, n: columns.count, k: rows.count, a: dy.tile(column: row),
            b: decoded(w, rows, columns, dy.type, room), c: dx.tile(column: columns.lowerBound),
            accumulation: row == 0 ? accumulation : .add), worker: worker)
      }
    }
  }

  /// A single row, as generation has it: what limits it is how fast the weight can be read.
  private func multiply(
    row x: Operand, _ w: StoredMatrix, into y: Matrix<Float>, _ accumulation: Accumulation
  ) {
    productCount += 1
    scratch.scope {
      let row: Matrix<Float>
      switch x {
      case .float32(let values): row = values
      case .bfloat16(let rounded):
        row = scratch.matrix(1, rounded.columns)
        widen(rounded, into: row)
      }
      let result = accumulation == .add ? scratch.matrix(1, w.rows, of: Float.self) : y
      parallel(w.rows, grain: max(1, 4 * Self.grain / max(1, w.columns))) {
        kernels.stored_times_vector(
          w.encoding.kernel, w.data, w.rowBytes, row.data, result.data, w.columns, $0.lowerBound,
          $0.upperBound)
      }
      if accumulation == .add { add(result, to: y) }
    }
  }

  /// Runs `body` for every task, each worker with room for a tile in both precisions.
  private func inTiles(
    _ rows: Int, count: Int,
    _ body: (_ task: Int, _ worker: Int, _ room: UnsafeMutablePointer<Float>) -> Void
  ) {
    guard rows > 0 else { return }
    let signals = WaitingSignals()
    defer { signals.goOn() }
    productCount += 1
    let size = 3 * Self.tileRows * Self.tileColumns / 2
    scratch.scope {
      let room = scratch.matrix(threads, size, of: Float.self)
      tasks(count) { task, worker in body(task, worker, room.data + worker * size) }
    }
  }

  /// A part of a matrix in the precision of a product, in `room`.
  private func decoded(
    _ w: StoredMatrix, _ rows: Range<Int>, _ columns: Range<Int>, _ type: StoredType,
    _ room: UnsafeMutablePointer<Float>
  ) -> StoredTile {
    kernels.decode_tile(
      w.encoding.kernel, w.start(row: rows.lowerBound, column: columns.lowerBound), w.rowBytes,
      room, columns.count, rows.count, columns.count)
    guard type == .bfloat16 else {
      return StoredTile(data: room, stride: columns.count, type: .float32)
    }
    let rounded = UnsafeMutableRawPointer(room + Self.tileRows * Self.tileColumns)
    kernels.round_tile(
      room, columns.count, rounded.assumingMemoryBound(to: UInt16.self), columns.count,
      rows.count, columns.count)
    return StoredTile(data: rounded, stride: columns.count, type: .bfloat16)
  }
}

extension Matrix<Float> {
  /// The matrix from a column on, as products see it.
  fileprivate func tile(column: Int) -> StoredTile {
    StoredTile(data: data + column, stride: stride, type: .float32)
  }
}

extension Operand {
  fileprivate var type: StoredType {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    }
  }

  /// The matrix from a column on, as products see it.
  fileprivate func tile(column: Int) -> StoredTile {
    switch self {
    case .float32(let x): x.tile(column: column)
    case .bfloat16(let x): StoredTile(data: x.data + column, stride: x.stride, type: .bfloat16)
    }
  }
}

import CKernels

/// Products with frozen matrices as files store them. There never is a copy of a matrix in another precision:
/// panels of it are decoded into a buffer that stays in the processor's cache, each element once a product.
extension Engine {
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
    forEachPanel(of: w, x) { rows, columns, panel in
      multiply(
        .nt, x.columns(columns), panel, into: y.columns(rows),
        columns.lowerBound == 0 ? accumulation : .add)
    }
  }

  /// dx [n, in] = or += dy [n, out] · w, for a weight w [out, in].
  package func multiply(
    _ dy: Operand, by w: StoredMatrix, into dx: Matrix<Float>,
    _ accumulation: Accumulation = .overwrite
  ) {
    precondition(
      dy.columns == w.rows && dx.rows == dy.rows && dx.columns == w.columns, "shapes do not fit")
    forEachPanel(of: w, dy) { rows, columns, panel in
      multiply(
        .nn, dy.columns(rows), panel, into: dx.columns(columns),
        rows.lowerBound == 0 ? accumulation : .add)
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

  /// Calls `body` with one panel of a matrix after the other, in the precision of the operand that it is multiplied with.
  private func forEachPanel(
    of w: StoredMatrix, _ operand: Operand,
    _ body: (_ rows: Range<Int>, _ columns: Range<Int>, Operand) -> Void
  ) {
    let grid = PanelGrid(w, panels)
    scratch.scope {
      let room = scratch.operand(grid.rows, grid.columns, like: operand)
      for rows in grid.rowRanges {
        for columns in grid.columnRanges {
          let panel = room.corner(rows: rows.count, columns: columns.count)
          decode(w, rows, columns, into: panel)
          body(rows, columns, panel)
        }
      }
    }
  }

  /// A part of a matrix in the precision of a product.
  private func decode(
    _ w: StoredMatrix, _ rows: Range<Int>, _ columns: Range<Int>, into panel: Operand
  ) {
    let width = columns.count
    func decode(_ part: Range<Int>, into place: UnsafeMutablePointer<Float>) {
      kernels.decode_tile(
        w.encoding.kernel,
        w.start(row: rows.lowerBound + part.lowerBound, column: columns.lowerBound),
        w.rowBytes, place, width, part.count, width)
    }
    // So many rows at a time that what is decoded is still in the innermost cache when it is rounded.
    let grain = max(1, (4 << 10) / width)
    switch panel {
    case .float32(let panel):
      parallel(rows.count, grain: grain) { decode($0, into: panel.data + $0.lowerBound * width) }
    case .bfloat16(let panel):
      scratch.scope {
        let room = scratch.matrix(threads, grain * width, of: Float.self)
        tasks((rows.count + grain - 1) / grain) { task, worker in
          let part = task * grain..<min(rows.count, (task + 1) * grain)
          let decoded = room.data + worker * grain * width
          decode(part, into: decoded)
          kernels.round_tile(
            decoded, width, panel.bits + part.lowerBound * width, width, part.count, width)
        }
      }
    }
  }
}

extension Matrix {
  /// The columns in `range`, as a view of the same memory.
  fileprivate func columns(_ range: Range<Int>) -> Matrix {
    Matrix(data + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }
}

extension Operand {
  /// The columns in `range`, as a view of the same memory.
  fileprivate func columns(_ range: Range<Int>) -> Operand {
    switch self {
    case .float32(let m): .float32(m.columns(range))
    case .bfloat16(let m): .bfloat16(m.columns(range))
    }
  }

  /// A matrix without gaps in the same memory.
  fileprivate func corner(rows: Int, columns: Int) -> Operand {
    switch self {
    case .float32(let m): .float32(Matrix(m.data, rows: rows, columns: columns))
    case .bfloat16(let m): .bfloat16(Matrix(m.data, rows: rows, columns: columns))
    }
  }
}

extension Arena {
  /// A matrix in the precision of another operand.
  fileprivate func operand(_ rows: Int, _ columns: Int, like other: Operand) -> Operand {
    switch other {
    case .float32: .float32(matrix(rows, columns, of: Float.self))
    case .bfloat16: .bfloat16(matrix(rows, columns, of: BFloat16.self))
    }
  }
}

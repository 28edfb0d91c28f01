import CKernels

/// A change of a weight [out, in], as the product of two narrow matrices.
package struct LowRankChange {
  /// [out, r], or [r, out] where `form` reads it transposed.
  package let left: Matrix<Float>
  /// [r, in]
  package let right: Matrix<Float>
  /// `nn`, or `tn` where the left matrix is read transposed.
  package let form: ProductForm

  /// - Parameters:
  ///   - left: [out, r] for `nn`, [r, out] for `tn`.
  ///   - right: [r, in].
  package init(_ form: ProductForm, _ left: Matrix<Float>, _ right: Matrix<Float>) {
    precondition(form != .nt && (form == .nn ? left.columns : left.rows) == right.rows)
    self.form = form
    self.left = left
    self.right = right
  }
}

extension Engine {
  /// About as many elements of a weight as stay in a processor's own cache.
  private static var sumGrain: Int { 1 << 16 }

  /// sum [out, in] = weight + change, rounded as products read a weight. The weight stays as it is, and is read as it
  /// is stored.
  package func add(_ change: LowRankChange, to weight: WeightStorage, into sum: Operand) {
    let (rows, columns) = (sum.rows, sum.columns)
    precondition(weight.count == sum.count && change.right.columns == columns)
    guard rows > 0, columns > 0 else { return }
    let signals = WaitingSignals()
    defer { signals.goOn() }
    productCount += 1
    let height = max(1, min(rows, Self.sumGrain / columns))
    scratch.scope {
      let room = scratch.matrix(threads, height * columns, of: Float.self)
      tasks((rows + height - 1) / height) { task, worker in
        let part = task * height..<min(rows, (task + 1) * height)
        let place =
          switch sum {
          case .float32(let sum): sum.data + part.lowerBound * columns
          case .bfloat16: room.data + worker * height * columns
          }
        copy(weight, rows: part, columns: columns, to: place)
        add(change, rows: part, to: place, worker)
        if case .bfloat16(let sum) = sum {
          kernels.upper_halves(place, sum.bits + part.lowerBound * columns, 0, part.count * columns)
        }
      }
    }
  }

  private func copy(
    _ weight: WeightStorage, rows: Range<Int>, columns: Int, to place: UnsafeMutablePointer<Float>
  ) {
    let start = rows.lowerBound * columns
    switch weight {
    case .whole(let values): place.update(from: values.data + start, count: rows.count * columns)
    case .halves(let upper, let lower):
      let halves = ck_weight(f32: nil, upper: upper.bits + start, lower: lower.data + start)
      kernels.join(halves, place, 0, rows.count * columns)
    case .stored(let matrix):
      kernels.decode_tile(
        matrix.encoding.kernel, matrix.start(row: rows.lowerBound, column: 0), matrix.rowBytes,
        place, columns, rows.count, columns)
    }
  }

  private func add(
    _ change: LowRankChange, rows: Range<Int>, to place: UnsafeMutablePointer<Float>, _ worker: Int
  ) {
    let (left, right) = (change.left, change.right)
    let skipped = rows.lowerBound * (change.form == .tn ? 1 : left.stride)
    products.multiply(
      TileProduct(
        form: change.form, m: rows.count, n: right.columns, k: right.rows,
        a: StoredTile(data: left.data + skipped, stride: left.stride, type: .float32),
        b: StoredTile(data: right.data, stride: right.stride, type: .float32),
        c: StoredTile(data: place, stride: right.columns, type: .float32), accumulation: .add),
      worker: worker)
  }
}

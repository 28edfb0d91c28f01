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
    precondition(weight.count == sum.count && change.right.columns == sum.columns)
    switch sum {
    case .float32(let sum):
      forEachPart(sum.rows, sum.columns, place: { sum.data + $0.lowerBound * sum.columns }) {
        rows, place, worker in
        copy(weight, rows: rows, columns: sum.columns, to: place)
        add(change, rows: rows, to: place, worker)
      }
    case .bfloat16(let sum):
      forEachPart(sum.rows, sum.columns) { rows, place, worker in
        copy(weight, rows: rows, columns: sum.columns, to: place)
        add(change, rows: rows, to: place, worker)
        kernels.upper_halves(
          place, sum.bits + rows.lowerBound * sum.columns, 0, rows.count * sum.columns)
      }
    }
  }

  /// weight [rows, columns] += change, for a weight that is no file's.
  package func add(_ change: LowRankChange, to weight: WeightStorage) {
    let columns = change.right.columns
    switch weight {
    case .whole(let values):
      forEachPart(values.rows, columns, place: { values.data + $0.lowerBound * columns }) {
        add(change, rows: $0, to: $1, $2)
      }
    case .halves(let upper, let lower):
      forEachPart(upper.rows, columns) { rows, place, worker in
        let start = rows.lowerBound * columns
        let halves = ck_weight(f32: nil, upper: upper.bits + start, lower: lower.data + start)
        kernels.join(halves, place, 0, rows.count * columns)
        add(change, rows: rows, to: place, worker)
        kernels.split(place, halves, 0, rows.count * columns)
      }
    case .stored: preconditionFailure("a weight of a file cannot be written")
    }
  }

  /// Calls `body` side by side for some rows after the other.
  /// - Parameter place: where these rows of the result are; unless given, working memory of the thread's own.
  private func forEachPart(
    _ rows: Int, _ columns: Int, place: ((Range<Int>) -> UnsafeMutablePointer<Float>)? = nil,
    _ body: (_ rows: Range<Int>, UnsafeMutablePointer<Float>, _ worker: Int) -> Void
  ) {
    guard rows > 0, columns > 0 else { return }
    let signals = WaitingSignals()
    defer { signals.goOn() }
    productCount += 1
    let height = max(1, min(rows, Self.sumGrain / columns))
    scratch.scope {
      let room = scratch.matrix(place == nil ? threads : 0, height * columns, of: Float.self)
      tasks((rows + height - 1) / height) { task, worker in
        let part = task * height..<min(rows, (task + 1) * height)
        body(part, place?(part) ?? room.data + worker * height * columns, worker)
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

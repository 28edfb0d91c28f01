import COneDNN
import Foundation

/// What a product does with what its destination holds.
package enum Accumulation {
  case overwrite
  case add
}

extension Engine {
  /// c = or += a · b, with operands read as `form` says.
  ///
  /// The result is cut into tiles by its shape alone and each tile is computed by one thread, so that
  /// every bit of it is the same whatever the number of threads.
  package func multiply<T: MatrixElement, R: MatrixElement>(
    _ form: ProductForm, _ a: Matrix<T>, _ b: Matrix<T>, into c: Matrix<R>,
    _ accumulation: Accumulation = .overwrite, file: StaticString = #fileID
  ) {
    let (m, k) = form == .transposedTimes ? (a.columns, a.rows) : (a.rows, a.columns)
    let (n, depth) = form == .timesTransposed ? (b.rows, b.columns) : (b.columns, b.rows)
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
    let grid = TileGrid(m, n)
    measured(form.operation(m, n, k, "\(file)"), flops: 2 * m * n * k) {
      tasks(grid.count) { index, _ in
        let (rows, columns) = grid[index]
        products.execute(
          form, T.oneDNNType, result: R.oneDNNType, accumulates: accumulation == .add,
          m: rows.count, n: columns.count, k: k,
          a: a.data + (form == .transposedTimes ? rows.lowerBound : rows.lowerBound * a.stride),
          aStride: a.stride,
          b: b.data
            + (form == .timesTransposed ? columns.lowerBound * b.stride : columns.lowerBound),
          bStride: b.stride,
          c: c.data + rows.lowerBound * c.stride + columns.lowerBound, cStride: c.stride)
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

extension MatrixElement {
  /// What oneDNN calls the type.
  fileprivate static var oneDNNType: Int32 {
    Int32(self == BFloat16.self ? ONEDNN_BF16 : ONEDNN_F32)
  }
}

extension ProductForm {
  /// A product as a profiler calls it: by the sizes of the matrix that is, or becomes, a weight's.
  fileprivate func operation(_ m: Int, _ n: Int, _ k: Int, _ caller: String) -> Profiler.Operation {
    switch self {
    case .timesTransposed: .product(self, rows: n, columns: k, caller: caller)
    case .plain: .product(self, rows: k, columns: n, caller: caller)
    case .transposedTimes: .product(self, rows: m, columns: n, caller: caller)
    }
  }
}

/// How a result [m, n] is cut. Tiles as wide as this keep oneDNN within a few per cent of its speed on the
/// whole product, and there are enough of them to keep several threads busy.
struct TileGrid {
  private let m: Int, n: Int, down: Int, across: Int

  init(_ m: Int, _ n: Int) {
    self.m = m
    self.n = n
    let width = n >= 1536 ? 384 : max(1, min(n, 192))
    across = (n + width - 1) / width
    switch across {
    case 1: down = max(m >= 128 ? 2 : 1, (m + 255) / 512)
    case 2...3: down = max(1, (m + 255) / 512)
    default: down = (m + 2047) / 2048
    }
  }

  var count: Int { down * across }

  subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let (i, j) = (index / across, index % across)
    // Columns are cut at multiples of sixteen, a vector's width.
    let blocks = (n + 15) / 16
    return (
      m * i / down..<m * (i + 1) / down,
      min(n, blocks * j / across * 16)..<min(n, blocks * (j + 1) / across * 16)
    )
  }
}

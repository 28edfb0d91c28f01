/// How a result [m, n] is cut into tiles: by its shape alone, so that a tile's bits do not depend on the threads.
struct TileGrid {
  /// How large tiles are.
  struct Size {
    /// Columns of a tile of a narrow result and of a wide one.
    let narrow: Int, wide: Int
    /// Rows of a tile.
    let rows: Int
    /// Rows of a tile where there are many side by side.
    let rowsOfMany: Int

    /// Tiles as wide as this keep oneDNN within a few per cent of its speed on the whole product.
    static let oneDNN = Size(narrow: 192, wide: 384, rows: 512, rowsOfMany: 2048)
    /// The same for OpenBLAS, which takes both operands apart anew for every tile.
    static let blas = Size(narrow: 384, wide: 768, rows: 512, rowsOfMany: 512)
    /// The same for gradients of weights, which are sums over the tokens of a batch only: what they cost is reading and
    /// writing the result, best in whole rows.
    static let blasGradient = Size(narrow: 768, wide: 768, rows: 192, rowsOfMany: 192)
  }

  private let m: Int, n: Int, down: Int, across: Int

  init(_ m: Int, _ n: Int, _ size: Size) {
    self.m = m
    self.n = n
    let width = n >= 1536 ? size.wide : max(1, min(n, size.narrow))
    across = (n + width - 1) / width
    // There are enough of them to keep several threads busy.
    switch across {
    case 1: down = max(m >= 128 ? 2 : 1, (m + size.rows / 2 - 1) / size.rows)
    case 2...3: down = max(1, (m + size.rows / 2 - 1) / size.rows)
    default: down = (m + size.rowsOfMany - 1) / size.rowsOfMany
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

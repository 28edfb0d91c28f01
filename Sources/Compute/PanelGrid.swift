/// How large panels are at most.
struct PanelSize {
  /// Of two or four bytes each; the last level of cache holds several panels.
  var elements = 1 << 20
  var columns = 2048
}

/// How a stored matrix is cut into panels: by its shape alone, so that the bits of a product do not depend on the threads.
struct PanelGrid {
  private let matrix: (rows: Int, columns: Int)
  /// The rows and columns of the largest panel.
  let rows: Int, columns: Int

  init(_ w: StoredMatrix, _ size: PanelSize) {
    matrix = (w.rows, w.columns)
    // Panels begin where a block of every encoding does.
    columns = Self.part(w.columns, atMost: size.columns, multipleOf: 256)
    rows = Self.part(w.rows, atMost: max(16, size.elements / columns), multipleOf: 16)
  }

  var rowRanges: [Range<Int>] { Self.ranges(matrix.rows, rows) }
  var columnRanges: [Range<Int>] { Self.ranges(matrix.columns, columns) }

  /// The length of the parts when `count` is cut into as few about equal ones as can be.
  private static func part(_ count: Int, atMost most: Int, multipleOf step: Int) -> Int {
    let parts = max(1, (count + most - 1) / most)
    return min(count, ((count + parts - 1) / parts + step - 1) / step * step)
  }

  private static func ranges(_ count: Int, _ part: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: max(1, part)).map { $0..<min(count, $0 + part) }
  }
}

/// The element types of matrices: `Float`, and `BFloat16` for the operands of products.
public protocol MatrixElement: BitwiseCopyable, Sendable {}

extension Float: MatrixElement {}

extension UInt32: MatrixElement {}

extension Int32: MatrixElement {}

extension Int16: MatrixElement {}

/// The upper half of a `Float`, rounded to nearest even: eight bits of exponent, eight of precision.
public struct BFloat16: MatrixElement, Equatable {
  /// Sign, exponent and the seven stored bits of the significand.
  public var bits: UInt16

  /// The number that these bits stand for.
  public init(bits: UInt16) { self.bits = bits }

  /// The value as a `Float`, exactly.
  public var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}

/// A row-major view [rows, columns] of memory that somebody else owns (an arena or a buffer).
///
/// Element (r, c) is at `data[r * stride + c]`. A view is a few words: pass it by value. It is valid as
/// long as its owner keeps the memory.
public struct Matrix<Element: MatrixElement> {
  /// The first element.
  public let data: UnsafeMutablePointer<Element>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance between the starts of neighbouring rows, in elements.
  public let stride: Int

  /// A view of `rows` x `columns` elements; `stride` is `columns` unless given.
  public init(
    _ data: UnsafeMutablePointer<Element>, rows: Int, columns: Int, stride: Int? = nil
  ) {
    self.data = data
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// The number of elements.
  public var count: Int { rows * columns }

  /// The elements in order, when rows follow each other without gaps.
  package var elements: UnsafeMutableBufferPointer<Element> {
    precondition(stride == columns || rows <= 1, "the view has gaps between its rows")
    return UnsafeMutableBufferPointer(start: data, count: count)
  }

  /// The elements of row `r`.
  package subscript(row r: Int) -> UnsafeMutableBufferPointer<Element> {
    precondition(r >= 0 && r < rows, "row \(r) of \(rows)")
    return UnsafeMutableBufferPointer(start: data + r * stride, count: columns)
  }

  /// The rows in `range`, as a view of the same memory.
  package func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return Matrix(
      data + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }
}

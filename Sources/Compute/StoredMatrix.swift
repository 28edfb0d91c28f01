import CKernels

/// A frozen matrix [rows, columns] as a file stores it: rows of numbers, or of the quantised blocks
/// of GGUF. It is a view: its owner, usually a mapped file, has to outlive it.
package struct StoredMatrix {
  /// How rows are stored.
  package enum Encoding: CaseIterable, Sendable {
    case float32, float16, bfloat16
    case q4_0, q4_1, q5_0, q5_1, q8_0
    case q4K, q5K, q6K

    /// How many elements of a row are stored together, in how many bytes.
    var block: (elements: Int, bytes: Int) {
      switch self {
      case .float32: (1, 4)
      case .float16, .bfloat16: (1, 2)
      case .q4_0: (32, 18)
      case .q4_1: (32, 20)
      case .q5_0: (32, 22)
      case .q5_1: (32, 24)
      case .q8_0: (32, 34)
      case .q4K: (256, 144)
      case .q5K: (256, 176)
      case .q6K: (256, 210)
      }
    }

    var kernel: ck_storage {
      switch self {
      case .float32: CK_F32
      case .float16: CK_F16
      case .bfloat16: CK_BF16
      case .q4_0: CK_Q4_0
      case .q4_1: CK_Q4_1
      case .q5_0: CK_Q5_0
      case .q5_1: CK_Q5_1
      case .q8_0: CK_Q8_0
      case .q4K: CK_Q4_K
      case .q5K: CK_Q5_K
      case .q6K: CK_Q6_K
      }
    }
  }

  package let rows: Int
  package let columns: Int
  package let encoding: Encoding
  /// The first byte; it need not be aligned.
  let data: UnsafePointer<UInt8>

  /// - Parameter bytes: all rows, one after the other; rows are whole blocks.
  package init(_ bytes: UnsafeRawBufferPointer, rows: Int, columns: Int, _ encoding: Encoding) {
    precondition(columns.isMultiple(of: encoding.block.elements), "rows are no whole blocks")
    self.rows = rows
    self.columns = columns
    self.encoding = encoding
    guard let start = bytes.baseAddress else { preconditionFailure("a matrix without elements") }
    data = start.assumingMemoryBound(to: UInt8.self)
    precondition(bytes.count == rows * rowBytes, "bytes do not fit the shape")
  }

  /// The same memory as a matrix that products read, if it is of bfloat16 and aligned.
  package var asBFloat16: Matrix<BFloat16>? {
    let address = UnsafeRawPointer(data)
    guard encoding == .bfloat16, Int(bitPattern: address).isMultiple(of: 2) else { return nil }
    let start = UnsafeMutableRawPointer(mutating: address).assumingMemoryBound(to: BFloat16.self)
    return Matrix(start, rows: rows, columns: columns)
  }

  /// All rows, one after the other, as they are stored.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: data, count: rows * rowBytes)
  }

  var rowBytes: Int { columns / encoding.block.elements * encoding.block.bytes }

  /// Where the block begins in which an element is the first.
  func start(row: Int, column: Int) -> UnsafePointer<UInt8> {
    data + row * rowBytes + column / encoding.block.elements * encoding.block.bytes
  }
}

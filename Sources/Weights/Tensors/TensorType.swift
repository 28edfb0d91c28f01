/// What tensors of files are stored as: the element types of the safetensors format, by the names
/// they have in its header, and the quantised blocks of the GGUF format.
///
/// The types of safetensors are declared from the lowest to the highest alignment, in the order by
/// which the `safetensors` library sorts the tensors of a file (highest first).
public enum TensorType: String, CaseIterable, Sendable {
  /// One byte, 0 or 1.
  case bool = "BOOL"
  /// Half a byte.
  case float4 = "F4"
  /// Six bits, two of exponent.
  case float6E2M3 = "F6_E2M3"
  /// Six bits, three of exponent.
  case float6E3M2 = "F6_E3M2"
  /// Unsigned byte.
  case uint8 = "U8"
  /// Signed byte.
  case int8 = "I8"
  /// One byte, five bits of exponent.
  case float8E5M2 = "F8_E5M2"
  /// One byte, four bits of exponent.
  case float8E4M3 = "F8_E4M3"
  /// One byte, exponent only.
  case float8E8M0 = "F8_E8M0"
  /// Signed, two bytes.
  case int16 = "I16"
  /// Unsigned, two bytes.
  case uint16 = "U16"
  /// IEEE 754 half precision.
  case float16 = "F16"
  /// The upper half of a `float32`.
  case bfloat16 = "BF16"
  /// Signed, four bytes.
  case int32 = "I32"
  /// Unsigned, four bytes.
  case uint32 = "U32"
  /// IEEE 754 single precision.
  case float32 = "F32"
  /// Two `float32`.
  case complex64 = "C64"
  /// IEEE 754 double precision.
  case float64 = "F64"
  /// Signed, eight bytes.
  case int64 = "I64"
  /// Unsigned, eight bytes.
  case uint64 = "U64"
  /// Blocks of 32: a half as scale, four bits an element.
  case q4_0 = "Q4_0"
  /// Blocks of 32: halves as scale and minimum, four bits an element.
  case q4_1 = "Q4_1"
  /// Blocks of 32: a half as scale, five bits an element.
  case q5_0 = "Q5_0"
  /// Blocks of 32: halves as scale and minimum, five bits an element.
  case q5_1 = "Q5_1"
  /// Blocks of 32: a half as scale, eight bits an element.
  case q8_0 = "Q8_0"
  /// Blocks of 256 in eight groups with scales and minima of six bits, four bits an element.
  case q4K = "Q4_K"
  /// Blocks of 256 in eight groups with scales and minima of six bits, five bits an element.
  case q5K = "Q5_K"
  /// Blocks of 256 in sixteen groups with scales of eight bits, six bits an element.
  case q6K = "Q6_K"

  /// The types of the safetensors format.
  static let ofSafetensors = allCases.filter { $0.elementsOfBlock == 1 }

  /// How many elements of a row are stored together: 1, or the size of a quantised block.
  public var elementsOfBlock: Int {
    switch self {
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
    case .q4K, .q5K, .q6K: 256
    default: 1
    }
  }

  /// The size in bits of what is stored together: one element, or a quantised block.
  public var bitsOfBlock: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0: 8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .complex64, .float64, .int64, .uint64: 64
    case .q4_0: 8 * 18
    case .q4_1: 8 * 20
    case .q5_0: 8 * 22
    case .q5_1: 8 * 24
    case .q8_0: 8 * 34
    case .q4K: 8 * 144
    case .q5K: 8 * 176
    case .q6K: 8 * 210
    }
  }

  /// The size of a tensor in bytes; nil when a dimension is negative, the number of its elements or
  /// its size does not fit an integer, its last byte is not full, or its rows are not whole blocks.
  public func byteCount(shape: [Int]) -> Int? {
    guard elementsOfBlock > 1 else { return byteCount(ofBlocks: shape) }
    guard let columns = shape.last, columns.isMultiple(of: elementsOfBlock) else { return nil }
    // The number of elements, too, has to fit.
    guard TensorType.uint8.byteCount(ofBlocks: shape) != nil else { return nil }
    return byteCount(ofBlocks: shape.dropLast() + [columns / elementsOfBlock])
  }

  private func byteCount(ofBlocks shape: [Int]) -> Int? {
    var total = bitsOfBlock
    for dimension in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: dimension)
      if dimension < 0 || overflow { return nil }
      total = product
    }
    return total.isMultiple(of: 8) ? total / 8 : nil
  }
}

/// Where and what a tensor of a file is.
public struct TensorInfo: Hashable, Sendable {
  /// The name, unique in its file.
  public let name: String
  /// The type of the elements.
  public let type: TensorType
  /// The dimensions, outermost first (row-major); empty for a scalar.
  public let shape: [Int]
  /// Where the elements lie, in bytes from the start of the file.
  public let byteRange: Range<Int>

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}

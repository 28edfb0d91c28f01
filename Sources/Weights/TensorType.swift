/// The element types of the safetensors format, by the names they have in its header.
///
/// They are declared from the lowest to the highest alignment, in the order by which the
/// `safetensors` library sorts the tensors of a file (highest first).
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

  /// The size of one element in bits.
  public var bits: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0: 8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .complex64, .float64, .int64, .uint64: 64
    }
  }

  /// The size of a tensor in bytes; nil when a dimension is negative, the size does not fit an
  /// integer, or the last byte is not full.
  public func byteCount(shape: [Int]) -> Int? {
    var total = bits
    for dimension in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: dimension)
      if dimension < 0 || overflow { return nil }
      total = product
    }
    return total.isMultiple(of: 8) ? total / 8 : nil
  }
}

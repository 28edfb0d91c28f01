/// A value of the metadata of a GGUF file.
public enum GGUFValue: Hashable, Sendable {
  /// Unsigned, one byte.
  case uint8(UInt8)
  /// Signed, one byte.
  case int8(Int8)
  /// Unsigned, two bytes.
  case uint16(UInt16)
  /// Signed, two bytes.
  case int16(Int16)
  /// Unsigned, four bytes.
  case uint32(UInt32)
  /// Signed, four bytes.
  case int32(Int32)
  /// Single precision.
  case float32(Float)
  /// One byte, 0 or 1.
  case bool(Bool)
  /// UTF-8 text.
  case string(String)
  /// Values of one type.
  case array(of: Kind, [GGUFValue])
  /// Unsigned, eight bytes.
  case uint64(UInt64)
  /// Signed, eight bytes.
  case int64(Int64)
  /// Double precision.
  case float64(Double)

  /// The types of values, by their numbers in files.
  public enum Kind: UInt32, Sendable {
    /// See the cases of `GGUFValue`.
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64,
      float64

    /// The fewest bytes that a value takes in a file.
    var minimumSize: Int {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .string, .uint64, .int64, .float64: 8
      case .array: 12
      }
    }
  }

  /// The type of the value.
  public var kind: Kind {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .float32: .float32
    case .bool: .bool
    case .string: .string
    case .array: .array
    case .uint64: .uint64
    case .int64: .int64
    case .float64: .float64
    }
  }

  /// The value of an integer of any width that fits.
  public var integer: Int? {
    switch self {
    case .uint8(let value): Int(value)
    case .int8(let value): Int(value)
    case .uint16(let value): Int(value)
    case .int16(let value): Int(value)
    case .uint32(let value): Int(value)
    case .int32(let value): Int(value)
    case .uint64(let value): Int(exactly: value)
    case .int64(let value): Int(value)
    default: nil
    }
  }

  /// The value of a number of any type.
  public var number: Double? {
    switch self {
    case .float32(let value): Double(value)
    case .float64(let value): value
    default: integer.map(Double.init)
    }
  }

  /// The text.
  public var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// Whether it is true.
  public var truth: Bool? {
    if case .bool(let truth) = self { truth } else { nil }
  }
}

import Foundation

extension GGUFValue {
  /// An integer as files have most of them.
  public static func count(_ value: Int) -> GGUFValue { .uint32(UInt32(clamping: value)) }

  /// A list of texts.
  public static func texts(_ values: [String]) -> GGUFValue {
    .array(of: .string, values.map(GGUFValue.string))
  }

  /// The bytes of the value, without its type.
  func append(to data: inout Data) {
    switch self {
    case .uint8(let value): data.append(value)
    case .int8(let value): data.append(UInt8(bitPattern: value))
    case .uint16(let value): data.append(littleEndian: value)
    case .int16(let value): data.append(littleEndian: value)
    case .uint32(let value): data.append(littleEndian: value)
    case .int32(let value): data.append(littleEndian: value)
    case .uint64(let value): data.append(littleEndian: value)
    case .int64(let value): data.append(littleEndian: value)
    case .float32(let value): data.append(littleEndian: value.bitPattern)
    case .float64(let value): data.append(littleEndian: value.bitPattern)
    case .bool(let value): data.append(value ? 1 : 0)
    case .string(let text): data.append(lengthAnd: text)
    case .array(let kind, let values):
      data.append(littleEndian: kind.rawValue)
      data.append(littleEndian: UInt64(values.count))
      for value in values { value.append(to: &data) }
    }
  }
}

extension Data {
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// A length, and so many bytes of UTF-8.
  mutating func append(lengthAnd text: String) {
    append(littleEndian: UInt64(text.utf8.count))
    append(contentsOf: text.utf8)
  }
}

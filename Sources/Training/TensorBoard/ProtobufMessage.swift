/// A message in the encoding of Protocol Buffers, which is built field by field.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// How a value is laid out.
  private enum Wire: Int {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  /// An integer, or the number of an enumeration's case.
  mutating func append(_ field: Int, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func append(_ field: Int, _ value: Double) {
    key(field, .fixed64)
    bytes += value.bitPattern.littleEndianBytes
  }

  mutating func append(_ field: Int, _ value: Float) {
    key(field, .fixed32)
    bytes += value.bitPattern.littleEndianBytes
  }

  mutating func append(_ field: Int, _ text: String) { append(field, Array(text.utf8)) }

  /// A message inside of this one.
  mutating func append(_ field: Int, _ build: (inout ProtobufMessage) -> Void) {
    var message = ProtobufMessage()
    build(&message)
    append(field, message.bytes)
  }

  private mutating func append(_ field: Int, _ content: [UInt8]) {
    key(field, .lengthDelimited)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func key(_ field: Int, _ wire: Wire) {
    varint(UInt64(field << 3 | wire.rawValue))
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension FixedWidthInteger {
  /// The bytes, the lowest first.
  var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: littleEndian) { Array($0) }
  }
}

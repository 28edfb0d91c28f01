/// Reads the fields of a message in the wire format of Protocol Buffers.
struct ProtobufReader {
  /// What a field holds.
  enum Value {
    case integer(UInt64)
    case bytes(ArraySlice<UInt8>)
    /// Of 32 bits: a `float`.
    case word(UInt32)
    /// Of 64 bits: a `double`.
    case longWord
  }

  /// The message is not in the format, or ends within a field.
  struct Malformed: Error {
    /// Where, in bytes from the beginning of the file.
    let offset: Int
  }

  private var rest: ArraySlice<UInt8>

  init(_ message: ArraySlice<UInt8>) { rest = message }

  /// The next field; nil at the end of the message.
  /// - Throws: `Malformed`.
  mutating func next() throws(Malformed) -> (number: UInt64, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let start = rest.startIndex
    let key = try integer()
    guard key >> 3 > 0 else { throw Malformed(offset: start) }
    switch key & 7 {
    case 0: return (key >> 3, .integer(try integer()))
    case 1:
      _ = try take(8)
      return (key >> 3, .longWord)
    case 2:
      let length = try integer()
      guard let count = Int(exactly: length) else { throw Malformed(offset: start) }
      return (key >> 3, .bytes(try take(count)))
    case 5:
      let bytes = try take(4)
      return (key >> 3, .word(bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }))
    default: throw Malformed(offset: start)
    }
  }

  /// Seven bits a byte, the lowest first; the highest bit says that more come.
  private mutating func integer() throws(Malformed) -> UInt64 {
    let start = rest.startIndex
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw Malformed(offset: start) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Malformed(offset: start)
  }

  private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw Malformed(offset: rest.startIndex) }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}

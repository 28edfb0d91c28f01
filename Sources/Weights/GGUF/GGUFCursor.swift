import Support

/// Reads a GGUF file from its beginning on, and never beyond its end.
struct GGUFCursor {
  let bytes: UnsafeRawBufferPointer
  /// The name of the file, for messages.
  let source: String
  private(set) var position = 0
  /// Of all arrays together: a value takes more memory than its byte in a file.
  private var elementsLeft = 1 << 24

  init(_ bytes: UnsafeRawBufferPointer, source: String) {
    self.bytes = bytes
    self.source = source
  }

  var remaining: Int { bytes.count - position }

  /// A little-endian number.
  /// - Parameter place: what it belongs to, for the message when the file ends before it does.
  mutating func integer<T: FixedWidthInteger>(
    _ type: T.Type = T.self, of place: @autoclosure () -> String
  ) throws -> T {
    let size = MemoryLayout<T>.size
    guard remaining >= size else { throw truncated(place()) }
    defer { position += size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
  }

  /// A count that the rest of the file has room for.
  mutating func count(
    of place: @autoclosure () -> String, _ what: String, ofAtLeast size: Int
  ) throws -> Int {
    let count = try integer(UInt64.self, of: place())
    guard let value = Int(exactly: count), value <= remaining / size else {
      throw InputError(
        source, at: place(), "says it has \(count) \(what), but only \(remaining) bytes follow")
    }
    return value
  }

  /// A length, and so many bytes of UTF-8.
  mutating func string(of place: @autoclosure () -> String) throws -> String {
    let length = try count(of: place(), "bytes of text", ofAtLeast: 1)
    defer { position += length }
    let text = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
    guard let string = String(validating: text, as: UTF8.self) else {
      throw InputError(source, at: place(), "byte \(position): text that is not UTF-8")
    }
    return string
  }

  /// The number of a type, and a value of it.
  mutating func value(of place: @autoclosure () -> String) throws -> GGUFValue {
    try value(kind(of: place()), of: place(), depth: 0)
  }

  private mutating func kind(of place: @autoclosure () -> String) throws -> GGUFValue.Kind {
    let number = try integer(UInt32.self, of: place())
    guard let kind = GGUFValue.Kind(rawValue: number) else {
      throw InputError(source, at: place(), "has a value of type \(number), expected 0 to 12")
    }
    return kind
  }

  private mutating func value(
    _ kind: GGUFValue.Kind, of place: @autoclosure () -> String, depth: Int
  ) throws -> GGUFValue {
    switch kind {
    case .uint8: return .uint8(try integer(of: place()))
    case .int8: return .int8(try integer(of: place()))
    case .uint16: return .uint16(try integer(of: place()))
    case .int16: return .int16(try integer(of: place()))
    case .uint32: return .uint32(try integer(of: place()))
    case .int32: return .int32(try integer(of: place()))
    case .uint64: return .uint64(try integer(of: place()))
    case .int64: return .int64(try integer(of: place()))
    case .float32: return .float32(Float(bitPattern: try integer(of: place())))
    case .float64: return .float64(Double(bitPattern: try integer(of: place())))
    case .string: return .string(try string(of: place()))
    case .bool:
      let byte = try integer(UInt8.self, of: place())
      guard byte <= 1 else { throw InputError(source, at: place(), "is \(byte), expected 0 or 1") }
      return .bool(byte == 1)
    case .array:
      let element = try self.kind(of: place())
      let count = try count(of: place(), "values", ofAtLeast: element.minimumSize)
      elementsLeft -= count
      guard elementsLeft >= 0 else {
        throw InputError(
          source, at: place(), "the arrays have more than 2^24 values together, expected fewer")
      }
      guard element != .array || depth < 4 else {
        throw InputError(source, at: place(), "arrays are nested more than 4 deep")
      }
      let name = place()
      var values: [GGUFValue] = []
      values.reserveCapacity(count)
      for _ in 0..<count { values.append(try value(element, of: name, depth: depth + 1)) }
      return .array(of: element, values)
    }
  }

  private func truncated(_ place: String) -> InputError {
    InputError(source, at: place, "the file ends at byte \(bytes.count) before it does: truncated")
  }
}

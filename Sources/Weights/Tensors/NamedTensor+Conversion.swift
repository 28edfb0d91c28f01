import Support

extension NamedTensor {
  /// The same numbers stored as another type. They are converted piece by piece while they are written; those that
  /// have the type already stay as they are, byte by byte.
  /// - Parameters:
  ///   - type: one of `TensorType.encodable`; rows must be whole blocks of it.
  ///   - source: the file the tensor comes from, for messages.
  /// - Throws: `InputError` when rows are no whole blocks. `withBytes` throws it when the elements are no numbers, or
  ///   one is too large.
  public func converted(to type: TensorType, source: String) throws -> NamedTensor {
    guard type != self.type else { return self }
    let result = NamedTensor(name, type, shape: shape) { body in
      try writeConverted(to: type, source: source, body)
    }
    _ = try result.byteCount(source: source)
    return result
  }

  private func writeConverted(
    to type: TensorType, source: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    func error(_ problem: String) -> InputError {
      InputError(source, at: "tensor \"\(name)\"", problem)
    }
    // Both kinds of blocks have powers of two as sizes: the larger one is whole blocks of the other.
    let elements = max(self.type.elementsOfBlock, type.elementsOfBlock)
    let unit = elements / self.type.elementsOfBlock * self.type.bitsOfBlock / 8
    var floats: [Float] = []
    var stored: [UInt8] = []
    try withPieces(ofMultiple: unit) { piece in
      let count = piece.count / unit * elements
      let size = count / type.elementsOfBlock * type.bitsOfBlock / 8
      if floats.count < count { floats = Array(repeating: 0, count: count) }
      if stored.count < size { stored = Array(repeating: 0, count: size) }
      try floats.withUnsafeMutableBufferPointer { buffer in
        let values = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
        guard self.type.decode(piece, into: values) else {
          throw error("is of type \(self.type.rawValue), expected numbers that can be rounded")
        }
        try stored.withUnsafeMutableBytes { buffer in
          let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<size])
          guard type.encode(UnsafeBufferPointer(values), into: bytes) else {
            throw error("holds a number that is not finite, or too large for \(type.rawValue)")
          }
          try body(UnsafeRawBufferPointer(bytes))
        }
      }
    }
  }

  /// Calls `body` with all elements, in pieces of about a mebibyte that are multiples of a size. Only what does not
  /// lie side by side is copied.
  func withPieces(
    ofMultiple unit: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let size = max(1, (1 << 20) / unit) * unit
    var rest: [UInt8] = []
    try withBytes { bytes in
      var place = 0
      if !rest.isEmpty {
        place = min(unit - rest.count, bytes.count)
        rest += bytes[..<place]
        guard rest.count == unit else { return }
        try rest.withUnsafeBytes(body)
        rest = []
      }
      while bytes.count - place >= unit {
        let count = min(size, (bytes.count - place) / unit * unit)
        try body(UnsafeRawBufferPointer(rebasing: bytes[place..<place + count]))
        place += count
      }
      rest += bytes[place...]
    }
    precondition(rest.isEmpty, "\(name) is no multiple of \(unit) bytes")
  }
}

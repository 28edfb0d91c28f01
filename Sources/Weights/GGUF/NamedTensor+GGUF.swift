import Support

extension NamedTensor {
  /// The same elements under another name.
  public func renamed(_ name: String) -> NamedTensor {
    NamedTensor(name, type, shape: shape, withBytes: withBytes)
  }

  /// The rows of each head as llama.cpp stores those of query and key projections: the two halves of a head in turn.
  /// `Checkpoint` puts them back.
  /// - Parameter heads: a divisor of the number of rows, each head with an even number of them.
  public func pairingHalves(ofHeads heads: Int) -> NamedTensor {
    NamedTensor(name, type, shape: shape) { body in
      guard let bytes = type.byteCount(shape: shape), let rows = shape.first, bytes > 0 else {
        return
      }
      let (size, half) = (bytes / rows, rows / heads / 2)
      var paired = [UInt8](repeating: 0, count: bytes / heads)
      try withPieces(ofMultiple: bytes / heads) { piece in
        for start in stride(from: 0, to: piece.count, by: bytes / heads) {
          try paired.withUnsafeMutableBytes { target in
            for row in 0..<2 * half {
              let place = start + (row % 2 * half + row / 2) * size
              UnsafeMutableRawBufferPointer(rebasing: target[row * size..<(row + 1) * size])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[place..<place + size]))
            }
            try body(UnsafeRawBufferPointer(target))
          }
        }
      }
    }
  }
}

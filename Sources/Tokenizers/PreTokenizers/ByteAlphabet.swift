/// A visible scalar for every byte, as GPT-2 defined them: printable Latin-1 stands for itself, and the other
/// bytes, ascending, are U+0100, U+0101, ...
enum ByteAlphabet {
  static let scalars: [Unicode.Scalar] = {
    var others: UInt8 = 0
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF:
        return Unicode.Scalar(byte)
      default:
        defer { others += 1 }
        return Unicode.Scalar(UInt16(0x100) + UInt16(others)) ?? Unicode.Scalar(byte)
      }
    }
  }()

  /// Spells the UTF-8 of `scalar`.
  static func append(_ scalar: Unicode.Scalar, to spelling: inout [Unicode.Scalar]) {
    for byte in scalar.utf8 { spelling.append(scalars[Int(byte)]) }
  }

  /// The byte that `scalar` stands for; nil if it is not in the alphabet.
  static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    let value = Int(scalar.value)
    return value < bytes.count ? bytes[value] : nil
  }

  private static let bytes: [UInt8?] = {
    var bytes: [UInt8?] = Array(
      repeating: nil, count: (scalars.map { Int($0.value) }.max() ?? -1) + 1)
    for (byte, scalar) in zip(UInt8.min...UInt8.max, scalars) { bytes[Int(scalar.value)] = byte }
    return bytes
  }()
}

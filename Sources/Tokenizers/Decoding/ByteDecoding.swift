/// `ByteLevel`: the bytes that tokens spell in the alphabet of GPT-2, as UTF-8. A token that holds another character
/// stands for its own bytes.
struct ByteLevelDecoding: DecodingStage {
  /// The beginning of a character whose other bytes have not come.
  private var pending: [UInt8] = []
  private var isFirst = true

  mutating func pieces(after piece: DecodedPiece) -> [DecodedPiece] {
    let spelt = piece.text.map(ByteAlphabet.byte)
    if spelt.contains(nil) {
      pending += piece.text[...].utf8Bytes
    } else {
      pending += spelt.compactMap { $0 }
    }
    let complete = UTF8Tail.start(in: pending)
    defer {
      pending.removeFirst(complete)
      isFirst = false
    }
    return [DecodedPiece(text: UTF8Tail.text(of: pending[..<complete]), continues: !isFirst)]
  }

  mutating func remainder() -> [DecodedPiece] {
    defer { pending = [] }
    return [DecodedPiece(text: UTF8Tail.text(of: pending[...]), continues: !isFirst)]
  }
}

/// `ByteFallback`: tokens like `<0x0A>` stand for bytes. A run of them that is not UTF-8 gives a replacement character
/// for each, so that nothing of a run is final before it ends.
struct ByteFallbackDecoding: DecodingStage {
  private var run: [UInt8] = []

  mutating func pieces(after piece: DecodedPiece) -> [DecodedPiece] {
    if let byte = Self.byte(ofToken: piece.text) {
      run.append(byte)
      return []
    }
    return remainder() + [piece]
  }

  mutating func remainder() -> [DecodedPiece] {
    guard !run.isEmpty else { return [] }
    defer { run = [] }
    if let text = String(validating: run, as: UTF8.self) {
      return [DecodedPiece(text: Array(text.unicodeScalars))]
    }
    return run.map { _ in DecodedPiece(text: ["\u{FFFD}"]) }
  }

  private static func byte(ofToken token: [Unicode.Scalar]) -> UInt8? {
    guard token.count == 6, token.starts(with: ["<", "0", "x"]), token[5] == ">" else { return nil }
    var digits = String.UnicodeScalarView()
    digits.append(contentsOf: token[3..<5])
    return UInt8(String(digits), radix: 16)
  }
}

/// Where UTF-8 that comes in pieces may be cut.
enum UTF8Tail {
  /// Where the character starts that `bytes` end within; their number if they end with a whole one, or with what can
  /// become none.
  static func start(in bytes: [UInt8]) -> Int {
    for start in bytes.indices.suffix(3).reversed() {
      switch bytes[start] {
      case 0x80...0xBF: continue
      case 0xC2...0xF4: return isBeginning(bytes[start...]) ? start : bytes.count
      default: return bytes.count
      }
    }
    return bytes.count
  }

  /// Whether a character of UTF-8 can begin with `bytes` and has more of them (Unicode Standard, table 3-7).
  private static func isBeginning(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let lead = bytes.first else { return false }
    let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard bytes.count < length, let second = bytes.dropFirst().first else {
      return bytes.count < length
    }
    switch lead {
    case 0xE0: return second >= 0xA0
    case 0xED: return second <= 0x9F
    case 0xF0: return second >= 0x90
    case 0xF4: return second <= 0x8F
    default: return true
    }
  }

  /// Replacement characters stand for what is not UTF-8.
  static func text(of bytes: ArraySlice<UInt8>) -> [Unicode.Scalar] {
    Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
  }
}

import Foundation
import Tokenizers

/// Strings that tokenizers get wrong, from a seed; the same that
/// Tests/Fixtures/generate/nasty_strings.py makes from the same recipes.
struct NastyStrings {
  /// What the strings are made of.
  enum Recipe: String {
    case standard = "nasty.json"
    /// What byte-level BPE is to be tried with besides.
    case byteLevel = "nasty-byte-level.json"
    /// What tokenizers of decoders are to be tried with besides.
    case decoders = "nasty-decoders.json"
  }

  private struct Kind: Decodable {
    let ranges: [[UInt32]]?
    let longest: Int?
    let strings: [String]?
  }

  private var state: UInt64
  private let tokenizer: Tokenizer
  private let kinds: [Kind]

  init(seed: UInt64, tokenizer: Tokenizer, _ recipes: [Recipe] = [.standard]) throws {
    state = seed
    self.tokenizer = tokenizer
    kinds = try recipes.flatMap { try Fixtures.json($0.rawValue) as [Kind] }
  }

  mutating func below(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }

  private mutating func piece() -> String {
    let kind = kinds[below(kinds.count)]
    if let strings = kind.strings { return strings[below(strings.count)] }
    guard let ranges = kind.ranges, let longest = kind.longest else { return word() }
    var scalars = String.UnicodeScalarView()
    for _ in 0..<1 + below(longest) {
      let range = ranges[below(ranges.count)]
      let value = range[0] + UInt32(below(Int(range[1] - range[0] + 1)))
      scalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
    }
    return String(scalars)
  }

  private mutating func word() -> String {
    let token = tokenizer.token(for: Int32(below(tokenizer.vocabularySize))) ?? ""
    var scalars = token.unicodeScalars[...]
    if scalars.starts(with: "##".unicodeScalars) { scalars = scalars.dropFirst(2) }
    return String(String.UnicodeScalarView(scalars.map { $0 == "Ġ" ? " " : $0 }))
  }

  mutating func next() -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<1 + below(10) {
      text.append(contentsOf: piece().unicodeScalars)
      if below(2) == 0 { text.append(" ") }
    }
    return String(text)
  }
}

/// FNV-1a, 32 bits, over the lengths, ids and type ids as little-endian 32-bit numbers.
func fingerprint(_ encodings: [Encoding]) -> String {
  var state: UInt32 = 0x811C_9DC5
  for encoding in encodings {
    for number in [Int32(encoding.ids.count)] + encoding.ids + encoding.typeIds {
      for shift in [0, 8, 16, 24] {
        state = (state ^ UInt32(bitPattern: number) >> shift & 0xFF) &* 0x0100_0193
      }
    }
  }
  return String(repeating: "0", count: state.leadingZeroBitCount / 4).prefix(7)
    + String(state, radix: 16)
}

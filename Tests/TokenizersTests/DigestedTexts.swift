import Testing
import Tokenizers

/// What a Python package gives for nasty strings: digests of the ids, and of the texts that it decodes.
struct DigestedTexts {
  /// Eight digits for every 100 strings.
  let ids: String
  let texts: String
  /// Whether ids drawn at random are decoded too.
  var decodesChance = true

  private static let block = 100

  /// - Parameter blocks: how many digests are compared.
  func compare(with tokenizer: Tokenizer, blocks: Int) throws {
    var source = try NastyStrings(seed: 11, tokenizer: tokenizer, [.standard, .decoders])
    let digits = 8 * blocks
    try #require(ids.count >= digits && texts.count == ids.count)
    var (expectedIds, expectedTexts) = (ids.prefix(digits), texts.prefix(digits))
    var different: [String] = []
    while !expectedIds.isEmpty {
      var (ids, texts) = (Digest(), Digest())
      var strings: [String] = []
      for _ in 0..<Self.block {
        strings.append(source.next())
        let encoded = try tokenizer.encode(strings[strings.count - 1]).ids
        ids.add(encoded)
        var sequences = [encoded]
        if decodesChance {
          sequences.append(
            (0..<source.below(12)).map { _ in Int32(source.below(tokenizer.vocabularySize)) })
        }
        for sequence in sequences {
          for skips in [false, true] {
            texts.add(tokenizer.decode(sequence, skipSpecialTokens: skips))
          }
        }
      }
      if ids.description != expectedIds.prefix(8) { different.append("ids of \(strings)") }
      if texts.description != expectedTexts.prefix(8) { different.append("texts of \(strings)") }
      expectedIds = expectedIds.dropFirst(8)
      expectedTexts = expectedTexts.dropFirst(8)
    }
    #expect(different.isEmpty, "\(different.count) blocks differ; \(different.prefix(1))")
  }
}

/// FNV-1a, 32 bits.
struct Digest: CustomStringConvertible {
  private var state: UInt32 = 0x811C_9DC5

  private mutating func add(_ byte: UInt8) { state = (state ^ UInt32(byte)) &* 0x0100_0193 }

  /// The number of `numbers` and each of them, as little-endian 32-bit numbers.
  mutating func add(_ numbers: [Int32]) {
    for number in [Int32(numbers.count)] + numbers {
      for shift in [0, 8, 16, 24] { add(UInt8(truncatingIfNeeded: number >> shift)) }
    }
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
  }

  var description: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

import Testing
import Tokenizers

/// Ids and decoded texts of the tokenizers that decoders have, against the package `tokenizers`, on 10 000 nasty strings
/// for each kind.
@Suite struct DecoderKindTests {
  struct Kind: Decodable, CustomTestStringConvertible {
    let name: String
    /// Where the model is taken from.
    let folder: String
    /// All members of the file before the model.
    let header: String
    /// Pairs of old and new text in the model.
    let replacements: [[String]]
    /// Eight digits for every 100 strings.
    let ids: String
    let texts: String

    var testDescription: String { name }
  }

  private static let block = 100

  @Test(arguments: try Fixtures.json("decoders/kinds.json") as [Kind])
  func idsAndTexts(_ kind: Kind) throws {
    let tokenizer = try Fixtures.tokenizer(
      header: kind.header, modelOf: "\(kind.folder)/tokenizer.json", kind.replacements)
    var source = try NastyStrings(seed: 11, tokenizer: tokenizer, [.standard, .decoders])
    #expect(kind.ids.count == 8 * 100 && kind.texts.count == kind.ids.count)
    var (expectedIds, expectedTexts) = (kind.ids[...], kind.texts[...])
    var different: [String] = []
    while !expectedIds.isEmpty {
      var (ids, texts) = (Digest(), Digest())
      var strings: [String] = []
      for _ in 0..<Self.block {
        strings.append(source.next())
        let encoded = try tokenizer.encode(strings[strings.count - 1]).ids
        ids.add(encoded)
        let chance = (0..<source.below(12)).map { _ in
          Int32(source.below(tokenizer.vocabularySize))
        }
        for sequence in [encoded, chance] {
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

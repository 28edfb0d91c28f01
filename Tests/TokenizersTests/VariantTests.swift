import Testing
import Tokenizers

/// The small vocabulary under other normalizers, pre-tokenizers, post-processors, truncations,
/// added tokens and model settings.
@Suite struct VariantTests {
  struct Variant: Decodable, CustomTestStringConvertible {
    let name: String
    /// All members of the file before the model.
    let header: String
    /// Pairs of old and new text in the model.
    let replacements: [[String]]
    /// Eight digits for each text and each pair; dashes where `tokenizers` raises an error.
    let fingerprints: String

    var testDescription: String { name }
  }

  @Test(arguments: try Fixtures.json("variants.json") as [Variant])
  func sameAsTokenizers(_ variant: Variant) throws {
    let tokenizer = try tokenizer(variant)
    var source = try NastyStrings(seed: 7, tokenizer: tokenizer)
    var text = source.next()
    var expected = variant.fingerprints[...]
    var different: [String] = []
    while !expected.isEmpty {
      let pair = source.next()
      for encoding in [tokenizer.encode(text), tokenizer.encode(text, pair: pair)] {
        if !expected.hasPrefix("-"), fingerprint([encoding]) != expected.prefix(8) {
          different.append("\(text.debugDescription) \(pair.debugDescription)")
        }
        expected = expected.dropFirst(8)
      }
      text = pair
    }
    #expect(different.isEmpty, "\(different.count) differ; \(different.prefix(3))")
  }

  private func tokenizer(_ variant: Variant) throws -> Tokenizer {
    let small = try Fixtures.text("small/tokenizer.json")
    let start = try #require(small.range(of: "\"model\":")).lowerBound
    var model = String(small[start...])
    for replacement in variant.replacements {
      let range = try #require(model.range(of: replacement[0]))
      model.replaceSubrange(range, with: replacement[1])
    }
    return try Fixtures.tokenizer("{" + variant.header + "," + model)
  }
}

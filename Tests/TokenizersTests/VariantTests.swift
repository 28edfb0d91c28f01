import Testing
import Tokenizers

/// The small vocabularies under other normalizers, pre-tokenizers, post-processors, truncations,
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
  func wordPiece(_ variant: Variant) throws {
    try compare(variant, of: "small/tokenizer.json", [.standard])
  }

  @Test(arguments: try Fixtures.json("byte-level/variants.json") as [Variant])
  func byteLevel(_ variant: Variant) throws {
    try compare(variant, of: "byte-level/tokenizer.json", [.standard, .byteLevel])
  }

  private func compare(
    _ variant: Variant, of file: String, _ recipes: [NastyStrings.Recipe]
  ) throws {
    let tokenizer = try Fixtures.tokenizer(
      header: variant.header, modelOf: file, variant.replacements)
    var source = try NastyStrings(seed: 7, tokenizer: tokenizer, recipes)
    var text = source.next()
    var expected = variant.fingerprints[...]
    var different: [String] = []
    while !expected.isEmpty {
      let pair = source.next()
      for encoding in try [tokenizer.encode(text), tokenizer.encode(text, pair: pair)] {
        if !expected.hasPrefix("-"), fingerprint([encoding]) != expected.prefix(8) {
          different.append("\(text.debugDescription) \(pair.debugDescription)")
        }
        expected = expected.dropFirst(8)
      }
      text = pair
    }
    #expect(different.isEmpty, "\(different.count) differ; \(different.prefix(3))")
  }
}

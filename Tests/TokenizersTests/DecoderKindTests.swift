import Testing
import Tokenizers

/// Ids and decoded texts of the tokenizers that decoders have, against the package `tokenizers`, on 10 000 nasty strings
/// for each kind that published models have.
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

  private static let published = [
    "LLaMA 2", "LLaMA 2, new", "SmolLM2", "GPT-2", "LLaMA 3", "Qwen2", "BERT", "RoBERTa",
  ]

  @Test(arguments: try Fixtures.json("decoders/kinds.json") as [Kind])
  func idsAndTexts(_ kind: Kind) throws {
    let tokenizer = try Fixtures.tokenizer(
      header: kind.header, modelOf: "\(kind.folder)/tokenizer.json", kind.replacements)
    try DigestedTexts(ids: kind.ids, texts: kind.texts).compare(
      with: tokenizer, blocks: Self.published.contains(kind.name) ? 100 : 10)
  }
}

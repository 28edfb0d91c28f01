import Testing
import Tokenizers

/// Text that is shown while it grows.
@Suite struct StreamingDecoderTests {
  private static func tokenizer(_ name: String, modelOf file: String) throws -> Tokenizer {
    let kinds: [DecoderKindTests.Kind] = try Fixtures.json("decoders/kinds.json")
    let kind = try #require(kinds.first { $0.name == name })
    return try Fixtures.tokenizer(header: kind.header, modelOf: file, [])
  }

  @Test func byteLevelCharactersComeWhole() throws {
    let tokenizer = try Self.tokenizer("GPT-2", modelOf: "byte-level/tokenizer.json")
    let text = "🙂 naïve 日本 👍🏽"
    let ids = try tokenizer.encode(text).ids
    var decoder = StreamingDecoder(tokenizer, skipSpecialTokens: true)
    let pieces = ids.map { decoder.text(after: $0) } + [decoder.finish()]
    #expect(pieces.joined() == text)
    #expect(!pieces.contains { $0.contains("\u{FFFD}") })
    // Not all at the end.
    #expect(pieces.count { !$0.isEmpty } > 4)
  }

  @Test func halfACharacterAtTheEnd() throws {
    let tokenizer = try Self.tokenizer("GPT-2", modelOf: "byte-level/tokenizer.json")
    let ids = try ["ð", "Ł", "Ļ"].map { try #require(tokenizer.id(of: $0)) }
    var decoder = StreamingDecoder(tokenizer)
    #expect(ids.map { decoder.text(after: $0) } == ["", "", ""])
    #expect(decoder.finish() == "\u{FFFD}")
  }

  /// A run of bytes is final only when it has ended: one that is not UTF-8 makes all of it replacement characters.
  @Test func bytesOfSentencePiece() throws {
    let tokenizer = try Self.tokenizer("LLaMA 2", modelOf: "decoders/tokenizer.json")
    func pieces(_ tokens: [String]) throws -> [String] {
      var decoder = StreamingDecoder(tokenizer)
      let pieces = try tokens.map { decoder.text(after: try #require(tokenizer.id(of: $0))) }
      return pieces + [decoder.finish()]
    }
    #expect(try pieces(["<0xC3>", "<0xA9>", "▁", "a"]) == ["", "", "é ", "a", ""])
    #expect(
      try pieces(["▁", "a", "<0xC3>", "<0xA9>", "<0xA9>"]) == [
        "", "a", "", "", "", "\u{FFFD}\u{FFFD}\u{FFFD}",
      ])
  }
}

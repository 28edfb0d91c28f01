import Foundation
import Testing
import Tokenizers

/// Readable cases with the small vocabularies.
@Suite struct CaseTests {
  struct Case: Decodable, CustomTestStringConvertible {
    let text: String
    let pair: String?
    let maxLength: Int?
    let ids: [Int32]
    let typeIds: [Int32]
    let tokens: [String]
    let wasTruncated: Bool

    var testDescription: String { "\(text.debugDescription) \(pair.debugDescription)" }
  }

  @Test(arguments: try Fixtures.json("cases.json") as [Case])
  func wordPiece(_ example: Case) throws { try compare(example, Fixtures.small) }

  @Test(arguments: try Fixtures.json("byte-level/cases.json") as [Case])
  func byteLevel(_ example: Case) throws { try compare(example, Fixtures.byteLevel) }

  private func compare(_ example: Case, _ file: URL) throws {
    let tokenizer = try Tokenizer(contentsOf: file)
    let found = try tokenizer.encode(example.text, pair: example.pair, maxLength: example.maxLength)
    let tokens = found.ids.map { tokenizer.token(for: $0) }
    #expect(found.ids == example.ids)
    #expect(found.typeIds == example.typeIds)
    #expect(found.wasTruncated == example.wasTruncated)
    #expect(tokens == example.tokens)
  }

  @Test func sizes() throws {
    let tokenizer = try Tokenizer(contentsOf: Fixtures.small)
    #expect(tokenizer.token(for: tokenizer.maximumId) != nil)
    #expect(tokenizer.token(for: tokenizer.maximumId + 1) == nil)
    #expect(tokenizer.vocabularySize == Int(tokenizer.maximumId) + 1)
    #expect(tokenizer.id(of: "[MASK]") == 4)
    #expect(tokenizer.id(of: "no such token") == nil)
    #expect(tokenizer.specialTokenCount == 2)
    #expect(tokenizer.pairSpecialTokenCount == 3)
  }

  @Test(arguments: [0, 1, 2]) func specialTokensAlwaysStay(_ limit: Int) throws {
    let tokenizer = try Tokenizer(contentsOf: Fixtures.small)
    let found = try tokenizer.encode("a b", pair: "c", maxLength: limit)
    #expect(found.ids == [2, 3, 3])
    #expect(found.wasTruncated)
  }
}

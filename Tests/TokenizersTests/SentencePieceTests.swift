import Foundation
import Support
import TestFiles
import Testing

@testable import Tokenizers

/// `tokenizer.model` with settings beside it, against `transformers`.
@Suite struct SentencePieceTests {
  struct Folder: Decodable, CustomTestStringConvertible {
    let settings: String
    /// The ids of the tokens for beginning, end and padding.
    let special: [Int32?]
    let ids: String
    let texts: String

    var testDescription: String { settings }
  }

  static let model = Fixtures.folder.appendingPathComponent("sentencepiece/tokenizer.model")

  static func tokenizer(_ settings: String, model bytes: Data) throws -> Tokenizer {
    try withTemporaryFolder { folder in
      try bytes.write(to: folder.appendingPathComponent("tokenizer.model"))
      try Data(settings.utf8).write(to: folder.appendingPathComponent("tokenizer_config.json"))
      return try Tokenizer(folder: folder)
    }
  }

  @Test(arguments: try Fixtures.json("sentencepiece/folders.json") as [Folder])
  func idsAndTexts(_ folder: Folder) throws {
    let tokenizer = try Self.tokenizer(folder.settings, model: Data(contentsOf: Self.model))
    let special = tokenizer.specialTokens
    #expect([special.beginning, special.end, special.padding] == folder.special)
    try DigestedTexts(ids: folder.ids, texts: folder.texts, decodesChance: false)
      .compare(with: tokenizer, blocks: 100)
  }

  /// Every file that ends early, and with each byte changed: a tokenizer or an error on one line.
  @Test func spoiltFiles() throws {
    let whole = try [UInt8](Data(contentsOf: Self.model))
    var (refused, read) = (0, 0)
    let places = Array(stride(from: 0, to: whole.count, by: 97))
    for place in places {
      var changed = whole
      changed[place] ^= 0xFF
      for bytes in [Array(whole[..<place]), changed] {
        do {
          _ = try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("tokenizer.model")
            try Data(bytes).write(to: file)
            return try SentencePieceFile(contentsOf: file)
          }
          read += 1
        } catch let error as InputError {
          refused += 1
          #expect(
            !error.description.contains("\n") && error.description.contains("tokenizer.model"))
        }
      }
    }
    #expect(refused >= places.count && read + refused == 2 * places.count)
  }
}

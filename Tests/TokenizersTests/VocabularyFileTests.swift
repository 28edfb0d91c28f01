import Foundation
import Support
import Testing
import Tokenizers

/// A folder with only `vocab.txt`, as the first BERT models have it.
@Suite struct VocabularyFileTests {
  @Test(arguments: ["\n", "\r\n"]) func sameAsTokenizerFile(_ lineEnd: String) throws {
    let expected = try Tokenizer(contentsOf: Fixtures.small)
    try Fixtures.withTemporaryFolder { folder in
      try write(expected, to: folder, lineEnd: lineEnd)
      let found = try Tokenizer(folder: folder)
      #expect(found.vocabularySize == expected.vocabularySize)
      var source = try NastyStrings(seed: 3, tokenizer: expected)
      for _ in 0..<300 {
        let (text, pair) = (source.next(), source.next())
        #expect(try found.encode(text, pair: pair) == expected.encode(text, pair: pair))
      }
    }
  }

  @Test func configuration() throws {
    try Fixtures.withTemporaryFolder { folder in
      try write(["[PAD]", "<u>", "[CLS]", "[SEP]", "[MASK]", "A", "a", "É", "e"], to: folder)
      try """
      {"do_lower_case": false, "unk_token": {"content": "<u>", "special": true}}
      """.write(
        to: folder.appendingPathComponent("tokenizer_config.json"), atomically: false,
        encoding: .utf8)
      let tokenizer = try Tokenizer(folder: folder)
      #expect(try tokenizer.encode("A a É [MASK] x").ids == [2, 5, 6, 7, 4, 1, 3])
    }
  }

  /// As in `transformers`, one that the vocabulary lacks gets the next id; but a word cannot be unknown then.
  @Test func missingSpecialToken() throws {
    try Fixtures.withTemporaryFolder { folder in
      try write(["[UNK]", "[CLS]", "a"], to: folder)
      #expect(try Tokenizer(folder: folder).encode("a [PAD]").ids == [1, 2, 4, 3])
      try write(["[SEP]", "[CLS]", "a"], to: folder)
      expectError(containing: ["vocab.txt", "\"[UNK]\""]) { try Tokenizer(folder: folder) }
    }
  }

  /// Lines end at line feeds, and lose the white space before them; a token that stands twice has its last id.
  @Test func oddLines() throws {
    try Fixtures.withTemporaryFolder { folder in
      try write(["[UNK]", "[CLS]", "[SEP]", "a \u{3000}", "b\rc", "a"], to: folder)
      let tokenizer = try Tokenizer(folder: folder)
      #expect(tokenizer.id(of: "a") == 5)
      #expect(tokenizer.id(of: "b\rc") == 4)
    }
  }

  private func write(_ tokenizer: Tokenizer, to folder: URL, lineEnd: String) throws {
    let tokens = (0...tokenizer.maximumId).map { tokenizer.token(for: $0) ?? "" }
    try write(tokens, to: folder, lineEnd: lineEnd)
  }

  private func write(_ tokens: [String], to folder: URL, lineEnd: String = "\n") throws {
    try (tokens.joined(separator: lineEnd) + lineEnd).write(
      to: folder.appendingPathComponent("vocab.txt"), atomically: false, encoding: .utf8)
  }
}

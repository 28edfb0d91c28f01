import Foundation
import Support
import Testing
import Tokenizers

/// The byte-level tokenizer in other spellings: merges as pairs or lines of text, and a folder with
/// `vocab.json` and `merges.txt` only, as the first RoBERTa models have it.
@Suite struct MergesFileTests {
  /// The members of the section `model`.
  private struct File: Decodable {
    struct Model: Codable {
      var vocab: [String: Int32]
      var merges: [[String]]
    }
    var model: Model
  }

  private func model() throws -> File.Model {
    (try Fixtures.json("byte-level/tokenizer.json") as File).model
  }

  private func expectSame(_ found: Tokenizer) throws {
    let expected = try Tokenizer(contentsOf: Fixtures.byteLevel)
    #expect(found.vocabularySize == expected.vocabularySize)
    var source = try NastyStrings(seed: 3, tokenizer: expected, [.standard, .byteLevel])
    for _ in 0..<500 {
      let (text, pair) = (source.next(), source.next())
      #expect(try found.encode(text, pair: pair) == expected.encode(text, pair: pair))
    }
  }

  private func write(
    _ model: File.Model, to folder: URL, lineEnd: String = "\n",
    configuration: String = #"{"mask_token": {"content": "<mask>", "lstrip": true}}"#
  ) throws {
    try JSONEncoder().encode(model.vocab).write(to: folder.appendingPathComponent("vocab.json"))
    let lines = ["#version: 0.2"] + model.merges.map { $0.joined(separator: " ") } + [""]
    for (name, text) in [
      ("merges.txt", lines.joined(separator: lineEnd)), ("tokenizer_config.json", configuration),
    ] {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
  }

  @Test func mergesAsText() throws {
    let lines = try model().merges.map { $0.joined(separator: " ") }
    let list = try #require(
      String(bytes: JSONEncoder().encode(lines), encoding: .utf8))
    var text = try Fixtures.text("byte-level/tokenizer.json")
    let start = try #require(text.range(of: "\"merges\":")).upperBound
    let end = try #require(text.range(of: "]]", range: start..<text.endIndex)).upperBound
    text.replaceSubrange(start..<end, with: list)
    try expectSame(Fixtures.tokenizer(text))
  }

  @Test(arguments: ["\n", "\r\n"]) func folder(_ lineEnd: String) throws {
    try Fixtures.withTemporaryFolder { folder in
      try write(model(), to: folder, lineEnd: lineEnd)
      try expectSame(Tokenizer(folder: folder))
    }
  }

  @Test func prefixSpace() throws {
    try Fixtures.withTemporaryFolder { folder in
      try write(model(), to: folder, configuration: #"{"add_prefix_space": true}"#)
      let tokenizer = try Tokenizer(folder: folder)
      #expect(try tokenizer.encode("the").ids == tokenizer.encode(" the").ids)
    }
  }

  @Test func badFiles() throws {
    try Fixtures.withTemporaryFolder { folder in
      var model = try model()
      model.merges[1] = ["the"]
      try write(model, to: folder)
      expectError(containing: ["merges.txt: line 3", "two tokens"]) {
        try Tokenizer(folder: folder)
      }
      model.merges[1] = ["Ċ", "Ċ"]
      try write(model, to: folder)
      expectError(containing: ["merges.txt: line 3", "\"ĊĊ\""]) { try Tokenizer(folder: folder) }
      model = try self.model()
      model.vocab["</s>"] = nil
      try write(model, to: folder)
      #expect(try Tokenizer(folder: folder).encode("").ids == [0, Int32(model.vocab.count)])
    }
  }
}

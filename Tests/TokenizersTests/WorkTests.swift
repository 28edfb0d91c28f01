import Foundation
import Support
import Testing

@testable import Tokenizers

/// What small files must not make large.
@Suite struct WorkTests {
  /// The small tokenizer with another section.
  private func text(_ old: String, _ new: String) throws -> String {
    var text = try Fixtures.text("small/tokenizer.json")
    let range = try #require(text.range(of: old))
    text.replaceSubrange(range, with: new)
    return text
  }

  private func tokenizer(normalizer: String) throws -> Tokenizer {
    let file = try text(
      "\"normalizer\":{\"type\"", "\"normalizer\":\(normalizer),\"was\":{\"type\"")
    return try Fixtures.tokenizer(file)
  }

  private func replace(_ pattern: String, _ content: String) -> String {
    #"{"type":"Replace","pattern":{"String":"\#(pattern)"},"content":"\#(content)"}"#
  }

  private func sequence(_ elements: [String]) -> String {
    #"{"type":"Sequence","normalizers":[\#(elements.joined(separator: ","))]}"#
  }

  private func expectTooLong(_ tokenizer: Tokenizer, _ text: String) {
    let error = #expect(throws: InputError.self) { try tokenizer.encode(text) }
    for part in ["tokenizer.json: key \"normalizer\"", "32 characters for each"] {
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
  }

  @Test func replacementsThatDouble() throws {
    let doubling = Array(repeating: replace("o", "oo"), count: 40)
    let tokenizer = try tokenizer(normalizer: sequence(doubling))
    expectTooLong(tokenizer, "good")
    #expect(try tokenizer.encode("film").ids.isEmpty == false)
  }

  @Test func replacementsThatNest() throws {
    let nested = (0..<30).reduce(replace("a", "aaaa")) { inner, _ in
      sequence([inner, replace("a", "aaaa")])
    }
    expectTooLong(try tokenizer(normalizer: nested), "a")
  }

  @Test func longReplacement() throws {
    let content = String(repeating: "x", count: 100_000)
    expectTooLong(try tokenizer(normalizer: replace("a", content)), "aaaa")
  }

  /// What published models may ask for stays well below.
  @Test func greatestUnicodeGrowth() throws {
    let forms = sequence([#"{"type":"NFKC"}"#, #"{"type":"Lowercase"}"#, #"{"type":"NFD"}"#])
    let tokenizer = try tokenizer(normalizer: forms)
    #expect(
      try tokenizer.encode(String(repeating: "\u{FDFA}İ\u{1F82}", count: 5_000)).ids.count > 2)
  }

  @Test func addedTokenThatGrows() throws {
    let normalizer = sequence(Array(repeating: replace("[", "[["), count: 40))
    var file = try text(
      "\"normalizer\":{\"type\"", "\"normalizer\":\(normalizer),\"was\":{\"type\"")
    let range = try #require(file.range(of: "\"normalized\":false"))
    file.replaceSubrange(range, with: "\"normalized\":true")
    expectError(containing: ["tokenizer.json: key \"normalizer\"", "an added token"]) {
      try Fixtures.tokenizer(file)
    }
  }

  @Test func tooManyStages() throws {
    let lowercase = Array(repeating: #"{"type":"Lowercase"}"#, count: 65)
    expectError(containing: ["key \"normalizer\"", "130 normalizers, expected at most 128"]) {
      try tokenizer(normalizer: sequence([sequence(lowercase), sequence(lowercase)]))
    }
    let whitespace = Array(repeating: #"{"type":"Whitespace"}"#, count: 129)
    let pretokenizers =
      #"{"type":"Sequence","pretokenizers":[\#(whitespace.joined(separator: ","))]}"#
    expectError(containing: ["key \"pre_tokenizer\"", "129 pre-tokenizers, expected at most 128"]) {
      try Fixtures.tokenizer(text(#"{"type":"BertPreTokenizer"}"#, pretokenizers))
    }
    let deep = (0..<100).reduce(#"{"type":"Lowercase"}"#) { inner, _ in sequence([inner]) }
    expectError(containing: ["tokenizer.json: line 1", "nested deeper than"]) {
      try tokenizer(normalizer: deep)
    }
  }

  @Test func templatesThatRepeat() throws {
    let piece = #"{"Sequence":{"id":"A","type_id":0}}"#
    let pieces = Array(repeating: piece, count: 33).joined(separator: ",")
    expectError(containing: ["key \"post_processor.single\"", "36 pieces, expected at most 32"]) {
      try Fixtures.tokenizer(text("\"single\":[", "\"single\":[\(pieces),"))
    }
    let ids = Array(repeating: "2", count: 300).joined(separator: ",")
    expectError(containing: ["post_processor.single", "special tokens, expected at most 256"]) {
      try Fixtures.tokenizer(text("\"ids\":[2]", "\"ids\":[\(ids)]"))
    }
  }

  @Test func regularExpression() throws {
    let nested = String(repeating: "(", count: 2_000)
    let replace = #"{"type":"Replace","pattern":{"Regex":"\#(nested)"},"content":""}"#
    expectError(containing: ["normalizer.pattern.Regex", "supported: String"]) {
      try tokenizer(normalizer: replace)
    }
  }

  /// A pattern that repeats itself, in a text that nearly does: linear, where trying every place is quadratic.
  @Test(.timeLimit(.minutes(1))) func patternThatRepeats() throws {
    let length = 20_000
    let pattern = String(repeating: "a", count: length) + "b"
    let replace = Replace(pattern: Array(pattern.unicodeScalars), content: ["c"])
    var text = Array((String(repeating: "a", count: 50 * length) + "b").unicodeScalars)
    try replace.normalize(&text, limit: text.count)
    #expect(text.count == 49 * length + 1)
    #expect(text.last == "c")
  }

  @Test(arguments: [
    ("aab", "x", "aaab aab aabaab", "ax x xx"), ("aa", "b", "aaaaa", "bba"),
    ("abab", "", "abababab abab", " "), ("abc", "c", "ababcab", "abcab"),
    ("a", "", "aaa", ""), ("aabaaa", "x", "aabaabaaab", "aabxb"),
    ("é", "e", "é e\u{301}", "e e\u{301}"),
  ])
  func replacesFromTheLeft(_ pattern: String, _ content: String, _ text: String, _ result: String)
    throws
  {
    var scalars = Array(text.unicodeScalars)
    try Replace(pattern: Array(pattern.unicodeScalars), content: Array(content.unicodeScalars))
      .normalize(&scalars, limit: 100)
    #expect(scalars == Array(result.unicodeScalars))
  }

  /// Many added tokens with one beginning: a look-up a place, whatever their number.
  @Test(.timeLimit(.minutes(1))) func addedTokensThatBeginAlike() throws {
    let start = String(repeating: "a", count: 60)
    let tokens = (0..<20_000).map { number in
      #"{"id":9,"content":"\#(start)\#(number)","single_word":false,"lstrip":false,"rstrip":false,"normalized":false}"#
    }
    let tokenizer = try Fixtures.tokenizer(
      text("\"added_tokens\":[", "\"added_tokens\":[\(tokens.joined(separator: ",")),"))
    let encoding = try tokenizer.encode(String(repeating: "a", count: 20_000) + "19999")
    #expect(encoding.ids.contains { tokenizer.token(for: $0) == start + "19999" })
  }
}

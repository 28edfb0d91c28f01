import Foundation
import Testing
import Tokenizers

/// Nasty strings, alone and in pairs, whole and cut, against the package `tokenizers`.
@Suite struct FingerprintTests {
  @Test func smallVocabulary() throws {
    try compare(Tokenizer(contentsOf: Fixtures.small), with: "fingerprints-small.txt", count: 2_500)
  }

  private static let miniLM = Fixtures.project.appendingPathComponent(".deps/models/minilm")

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: miniLM.path),
      "MiniLM is not in .deps (Scripts/setup.sh)"))
  func realVocabulary() throws {
    try compare(Tokenizer(folder: Self.miniLM), with: "fingerprints-minilm.txt", count: 10_000)
  }

  @Test func byteLevel() throws {
    try compare(
      Tokenizer(contentsOf: Fixtures.byteLevel), with: "byte-level/fingerprints.txt",
      count: 10_000, [.standard, .byteLevel])
  }

  private func compare(
    _ tokenizer: Tokenizer, with fixture: String, count: Int,
    _ recipes: [NastyStrings.Recipe] = [.standard]
  ) throws {
    let expected = try Fixtures.text(fixture).split(separator: "\n").map(String.init)
    #expect(expected.count == count)
    var source = try NastyStrings(seed: 2024, tokenizer: tokenizer, recipes)
    var text = source.next()
    var different: [String] = []
    for (index, expected) in expected.enumerated() {
      let pair = source.next()
      let limit = tokenizer.pairSpecialTokenCount + index % 20
      let found = try fingerprint([
        tokenizer.encode(text, maxLength: .max),
        tokenizer.encode(text, pair: pair, maxLength: .max),
        tokenizer.encode(text, maxLength: limit),
        tokenizer.encode(text, pair: pair, maxLength: limit),
      ])
      if found != expected { different.append("\(index): \(text.debugDescription)") }
      text = pair
    }
    #expect(different.isEmpty, "\(different.count) differ; \(different.prefix(3))")
  }
}

import Datasets
import Foundation
import Inference
import Support
import TestFiles
import Testing
import Tokenizers

/// Words: as tokens, in files, in texts.
struct WordTests {
  private struct Case: Decodable {
    let words: [String]
    let ids: [Int32]
    let owners: [Int?]
  }

  @Test(arguments: ["small", "byte-level"]) func tokensAreThoseOfTokenizers(name: String) throws {
    let cases: [String: [Case]] = try reference("words.json")
    let file = tasks.deletingLastPathComponent()
      .appendingPathComponent("tokenizers/\(name)/tokenizer.json")
    let tokenizer = try Tokenizer(contentsOf: file)
    for example in try #require(cases[name]) {
      let found = try tokenizer.encode(words: example.words, maxLength: 1000)
      #expect(found.ids == example.ids, "\(example.words)")
      #expect(found.words == example.owners, "\(example.words)")
    }
  }

  @Test func truncationLeavesTheLastWordsOut() throws {
    let file = tasks.deletingLastPathComponent()
      .appendingPathComponent("tokenizers/small/tokenizer.json")
    let tokenizer = try Tokenizer(contentsOf: file)
    let words = ["one", "two", "three", "four", "five"]
    let whole = try tokenizer.encode(words: words, maxLength: 1000)
    let cut = try tokenizer.encode(words: words, maxLength: 4)
    #expect(cut.wasTruncated && !whole.wasTruncated)
    #expect(cut.ids.count == 4 && cut.ids.last == whole.ids.last)
    #expect(Array(cut.words.prefix(3)) == Array(whole.words.prefix(3)))
  }

  private func read(_ name: String, _ text: String, tags: LabelSet? = nil) throws -> Dataset {
    let folder = try TemporaryFolder()
    try folder.write(name, text)
    return try Dataset(wordsOf: folder(name), tags: tags)
  }

  @Test func filesOfSentences() throws {
    let columns = """
      -DOCSTART- -X- O O

      EU NNP B-NP B-ORG
      rejects VBZ B-VP O

      Peter NNP B-NP B-PER
      Blackburn NNP I-NP I-PER
      """
    let lines = """
      {"tokens": ["EU", "rejects"], "ner_tags": ["B-ORG", "O"]}
      {"tokens": ["Peter", "Blackburn"], "ner_tags": ["B-PER", "I-PER"]}
      """
    let (a, b) = (try read("a.conll", columns), try read("b.jsonl", lines))
    #expect(a.labels?.names == ["O", "B-ORG", "B-PER", "I-PER"])
    #expect(a.examples == b.examples && a.labels == b.labels)
    #expect(a.examples.map(\.words) == [["EU", "rejects"], ["Peter", "Blackburn"]])
    #expect(a.examples.map(\.target) == [.tags([1, 0]), .tags([2, 3])])
    // By number, as the hub's data sets have them.
    let numbered = try read(
      "c.jsonl", "{\"tokens\": [\"EU\", \"rejects\"], \"tags\": [1, 0]}", tags: a.labels)
    #expect(numbered.examples[0].target == .tags([1, 0]))
  }

  @Test(arguments: [
    ("a.conll", "EU B-ORG\nrejects\n", "line 2: expected 2 fields"),
    ("a.conll", "EU NN B-ORG\nrejects O\n", "line 2: expected 3 fields"),
    ("a.conll", "\n\n", "has no sentences"),
    ("a.conll", "EU O\n", "has only the label \"O\""),
    (
      "a.jsonl", "{\"tokens\": [\"a\", \"b\"], \"tags\": [\"O\"]}", "line 1: has 2 words and 1 tags"
    ),
    ("a.jsonl", "{\"tokens\": [\"a\"]}", "expected the key tags, ner_tags"),
    ("a.jsonl", "{\"words\": \"a\", \"tags\": [\"O\"]}", "line 1: \"words\" is missing or no list"),
    ("a.jsonl", "{\"words\": [[1]], \"tags\": [\"O\"]}", "line 1: \"words\" is missing or no list"),
  ])
  func badFiles(name: String, text: String, problem: String) throws {
    do {
      _ = try read(name, text)
      Issue.record("\(text) was read")
    } catch let error as InputError {
      #expect(error.description.contains(problem), "\(error)")
      #expect(error.source.hasSuffix(name))
    }
  }

  @Test func unknownTag() throws {
    let tags = try LabelSet(["O", "B-PER"], source: "here")
    #expect(throws: InputError.self) { try read("a.conll", "Paris B-LOC\n", tags: tags) }
  }

  @Test func wordsOfTextsAndTheirSpans() {
    let text = "Élise (née O’Hara) visited  New York."
    let words = WordsInText(text)
    #expect(
      words.words.map(\.text) == [
        "Élise", "(", "née", "O", "’", "Hara", ")", "visited", "New", "York", ".",
      ])
    let scalars = Array(text.unicodeScalars)
    for word in words.words {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[word.range])
      #expect(String(view) == word.text)
    }
    var tags = words.words.map { _ in (tag: "O", probability: 0.9) }
    tags[0] = ("B-PER", 0.5)
    (tags[8], tags[9]) = (("B-LOC", 0.5), ("I-LOC", 1))
    let spans = words.spans(tags)
    #expect(spans.map(\.type) == ["PER", "LOC"] && spans.map(\.text) == ["Élise", "New York"])
    #expect(spans[1].score == 0.75 && spans[0].start == 0 && spans[0].end == 5)
    #expect(spans[1].start == 28 && spans[1].end == 36)
    // Words that were truncated have no tags.
    #expect(words.spans(Array(tags.prefix(1))).map(\.text) == ["Élise"])
  }

  @Test func listsOfLabels() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.tsv", "text\tlabels\nx\tjoy,fear\ny\t\nz\tfear\n")
    try folder.write(
      "b.jsonl",
      """
      {"text": "x", "labels": ["joy", "fear"]}
      {"text": "y", "labels": []}
      {"text": "z", "labels": ["fear"]}
      """)
    let format = TargetFormat.labelLists(nil, separator: ",")
    let (a, b) = (
      try Dataset(contentsOf: folder("a.tsv"), targets: format),
      try Dataset(contentsOf: folder("b.jsonl"), targets: format)
    )
    #expect(a.labels?.names == ["fear", "joy"])
    #expect(a.examples == b.examples)
    #expect(a.examples.map(\.target) == [.labels([0, 1]), .labels([]), .labels([0])])
    try folder.write("c.tsv", "text\tlabels\nx\tjoy,,fear\n")
    #expect(throws: InputError.self) {
      try Dataset(contentsOf: folder("c.tsv"), targets: format)
    }
  }
}

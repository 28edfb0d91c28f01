import Datasets
import Foundation
import TestFiles
import Testing

private func read(
  _ name: String, _ content: String, columns: ColumnNames = ColumnNames(),
  targets: TargetFormat = .labels(nil)
) throws -> Dataset {
  let folder = try TemporaryFolder()
  return try Dataset(
    contentsOf: folder.write(name, content), columns: columns, targets: targets)
}

private let twoRows = [
  Example(text: "good, \"really\"", target: .label(1)),
  Example(text: "bad", target: .label(0)),
]

@Test(arguments: [
  ("a.tsv", "text\tlabel\ngood, \"really\"\t1\nbad\t0\n"),
  ("a.TSV", "\u{FEFF}text\tlabel\r\ngood, \"really\"\t1\r\nbad\t0\r\n\r\n\r\n"),
  ("a.tsv", "label\tid\ttext\n1\t\tgood, \"really\"\n0\t\tbad"),
  ("a.csv", "text,label\n\"good, \"\"really\"\"\",1\nbad,0\n"),
  ("a.csv", "\u{FEFF}text,label\r\n\"good, \"\"really\"\"\",\"1\"\r\n\"bad\",0\r\n\r\n"),
  ("a.csv", "\"label\",\"text\"\n1,\"good, \"\"really\"\"\"\n0,bad"),
  ("a.jsonl", #"{"text": "good, \"really\"", "label": 1}"# + "\n" + #"{"label":0,"text":"bad"}"#),
  (
    "a.json",
    "\u{FEFF}" + #"{"text": "good, \u0022really\"", "label": "1", "x": [{}], "y": null}"# + "\r\n"
      + #"{"text": "bad", "label": "0", "z": 1e999}"# + "\r\n\r\n"
  ),
])
func everyFormatReadsTheSame(name: String, content: String) throws {
  let dataset = try read(name, content)
  #expect(dataset.examples == twoRows)
  #expect(dataset.labels?.names == ["0", "1"])
  #expect(dataset.columns == ColumnNames(text: "text", label: "label"))
  #expect(dataset.skippedRows == 0)
}

@Test func tabSeparatedTextIsNotChanged() throws {
  let odd = ["\"", "\"open", " two  spaces ", "a\u{B}b\u{2028}c\u{85}d", "e\rf", "\u{301}x"]
  let rows = odd.map { "\($0)\t\($0)" }.joined(separator: "\n")
  let dataset = try read("a.tsv", "sentence1\tsentence2\n\(rows)\n", targets: .unread)
  #expect(dataset.examples == odd.map { Example(text: $0, pair: $0) })
}

@Test func quotedFieldsKeepWhatIsInside() throws {
  let content = """
    text,text2
    " kept ", as it is
    "two
    lines,
    ",x
    5" wide,""\"\"""
    "\u{301}",\u{301}accent first
    a\u{2028}b,"\r\nc"
    """
  let dataset = try read("a.csv", content, targets: .unread)
  #expect(
    dataset.examples == [
      Example(text: " kept ", pair: " as it is"),
      Example(text: "two\nlines,\n", pair: "x"),
      Example(text: "5\" wide", pair: "\"\""),
      Example(text: "\u{301}", pair: "\u{301}accent first"),
      Example(text: "a\u{2028}b", pair: "\r\nc"),
    ])
}

@Test func labelsAreSortedAsNumbersIfAllAre() throws {
  let numbers = try read("a.tsv", "text\tlabel\na\t10\nb\t-1\nc\t2\nd\t10\n")
  #expect(numbers.labels?.names == ["-1", "2", "10"])
  #expect(numbers.examples.map(\.target) == [2, 0, 1, 2].map { .label($0) })
  let words = try read("a.tsv", "text\tlabel\na\t10\nb\tx\nc\t9\n")
  #expect(words.labels?.names == ["10", "9", "x"])
  let truths = try read(
    "a.jsonl", #"{"text":"a","label":true}"# + "\n" + #"{"text":"b","label":false}"#)
  #expect(truths.labels?.names == ["false", "true"])
  let integral = try read(
    "a.jsonl", #"{"text":"a","label":1.0}"# + "\n" + #"{"text":"b","label":0}"#)
  #expect(integral.labels?.names == ["0", "1"])
}

@Test func labelsOfAKnownSetMayBeNamesOrIndices() throws {
  let labels = try LabelSet(["sad", "happy"], source: "config.json")
  let dataset = try read(
    "a.tsv", "text\tlabel\na\thappy\nb\t0\n", targets: .labels(labels))
  #expect(dataset.labels == labels)
  #expect(dataset.examples.map(\.target) == [.label(1), .label(0)])
}

@Test func numbersAreRead() throws {
  let dataset = try read("a.csv", "text,score\na,4.750\nb,-1e-2\nc,3\n", targets: .numbers)
  #expect(dataset.labels == nil)
  #expect(dataset.examples.map(\.target) == [4.75, -0.01, 3].map { .value($0) })
}

@Test(arguments: [
  ("text\tlabel", ColumnNames(), ColumnNames(text: "text", label: "label")),
  ("Review\tRating", ColumnNames(), ColumnNames(text: "Review", label: "Rating")),
  (
    "score\tsentence2\tsentence1", ColumnNames(),
    ColumnNames(text: "sentence1", pair: "sentence2", label: "score")
  ),
  (
    "premise\thypothesis\tlabel\ttext", ColumnNames(),
    ColumnNames(text: "premise", pair: "hypothesis", label: "label")
  ),
  (
    "question\tsentence\tlabel", ColumnNames(),
    ColumnNames(text: "question", pair: "sentence", label: "label")
  ),
  (
    "sentence1\tsentence2\tlabel", ColumnNames(text: "sentence2"),
    ColumnNames(text: "sentence2", label: "label")
  ),
  (
    "text\tsentence\tlabel", ColumnNames(pair: "text"),
    ColumnNames(text: "sentence", pair: "text", label: "label")
  ),
  (
    "a\tb\tlabel\tc", ColumnNames(text: "b", pair: "a", label: "c"),
    ColumnNames(text: "b", pair: "a", label: "c")
  ),
])
func columnsAreNamedOrGuessed(header: String, named: ColumnNames, expected: ColumnNames) throws {
  let width = header.split(separator: "\t").count
  let rows = ["x", "y"].map { Array(repeating: $0, count: width).joined(separator: "\t") }
  let dataset = try read("a.tsv", "\(header)\n\(rows[0])\n\(rows[1])\n", columns: named)
  #expect(dataset.columns == expected)
}

@Test func textsToPredictNeedNoLabel() throws {
  let dataset = try read("a.tsv", "text\nfirst\nthird\n", targets: .unread)
  #expect(dataset.examples == ["first", "third"].map { Example(text: $0) })
  let unused = try read("a.tsv", "text\tlabel\na\t\n", targets: .unread)
  #expect(unused.examples == [Example(text: "a")])
  #expect(unused.columns.label == nil)
}

@Test func brokenRowsAreSkippedOnRequest() throws {
  let folder = try TemporaryFolder()
  let file = try folder.write("a.tsv", "text\tlabel\na\t0\ntorn\nb\t1\t2\nc\t1\n")
  let dataset = try Dataset(contentsOf: file, targets: .labels(nil), brokenRows: .skip)
  #expect(dataset.examples.map(\.text) == ["a", "c"])
  #expect(dataset.skippedRows == 2)
}

@Test func labelsAreRenumberedForAModel() throws {
  let file = "text\tlabel\na\tentailment\nb\tneutral\nc\tcontradiction\n"
  let names = ["entailment", "neutral", "contradiction"]
  let dataset = try read("a.tsv", file, targets: .labels(LabelSet(names, source: "test")))
  #expect(dataset.examples.map(\.target) == [0, 1, 2].map { .label($0) })

  let shouting = try LabelSet(["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], source: "config.json")
  let renumbered = try dataset.relabelled(as: shouting)
  #expect(renumbered.labels == shouting)
  #expect(renumbered.examples.map(\.target) == [2, 1, 0].map { .label($0) })

  let unnamed = try LabelSet(["LABEL_0", "LABEL_1", "LABEL_2"], source: "config.json")
  #expect(try dataset.relabelled(as: unnamed).examples == dataset.examples)
}

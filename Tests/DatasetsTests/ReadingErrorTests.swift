import Datasets
import Foundation
import Support
import TestFiles
import Testing

/// A file that cannot be used, and the message that says why (after the file's name).
private struct Bad: CustomTestStringConvertible, Sendable {
  let file: String
  let content: [UInt8]
  var columns = ColumnNames()
  var targets = TargetFormat.labels(nil)
  let message: String

  init(
    _ file: String, _ content: String, columns: ColumnNames = ColumnNames(),
    targets: TargetFormat = .labels(nil), _ message: String
  ) {
    self.init(file, Array(content.utf8), columns: columns, targets: targets, message)
  }

  init(
    _ file: String, _ content: [UInt8], columns: ColumnNames = ColumnNames(),
    targets: TargetFormat = .labels(nil), _ message: String
  ) {
    self.file = file
    self.content = content
    self.columns = columns
    self.targets = targets
    self.message = message
  }

  var testDescription: String { "\(file): \(message)" }
}

private let header = "text\tlabel\n"
private let knownLabels = try? LabelSet(["no", "yes"], source: "test")
private let ratings = try? LabelSet(["1", "2", "3"], source: "test")
private let manyLabels = try? LabelSet((0..<25).map { "l\($0)" }, source: "test")

private let badFiles: [Bad] = [
  Bad("a.tsv", "", "is empty; expected a header line"),
  Bad("a.csv", "\u{FEFF}\r\n\n", "is empty; expected a header line"),
  Bad("a.jsonl", "\n", "is empty; expected one JSON object a line"),
  Bad("a.tsv", header, "has no rows"),
  Bad("a.csv", "text,label\r\n\r\n", "has no rows"),
  Bad("a.txt", "x", "has the unknown extension \"txt\"; expected one of .tsv, .csv, .jsonl, .json"),

  Bad(
    "a.tsv", Array(header.utf8) + [0x61, 0x09, 0x30, 0x0A, 0xE9, 0x09, 0x31], "line 3: is not UTF-8"
  ),
  Bad("a.csv", [0xFF, 0xFE, 0x61, 0x00], "line 1: is not UTF-8"),
  Bad("a.jsonl", Array(#"{"text": "a"}"#.utf8) + [0x0A, 0xC0, 0x80], "line 2: is not UTF-8"),

  Bad(
    "a.tsv", "a\tlabel\nx\t1\n",
    "no text column is named and none is called text, sentence, sentence1, question, premise, "
      + "review, content; the columns are \"a\", \"label\""),
  Bad(
    "a.csv", "text,gold\nx,1\n",
    "no label column is named and none is called label, labels, score, target, class, rating; "
      + "the columns are \"text\", \"gold\""),
  Bad(
    "a.tsv", header + "x\t1\n", columns: ColumnNames(pair: "other"),
    "column \"other\": is missing; the columns are \"text\", \"label\""),
  Bad(
    "a.jsonl", #"{"text": "x", "label": 1}"#, columns: ColumnNames(text: "Text"),
    "column \"Text\": is missing; the columns are \"label\", \"text\""),
  Bad(
    "a.tsv", "text\ttext\tlabel\nx\ty\t1\n",
    "column \"text\": is there 2 times; the columns are \"text\", \"text\", \"label\""),

  Bad(
    "a.tsv", header + "x\t1\ny\n", "line 3: expected 2 fields as there are columns, found 1"),
  Bad(
    "a.tsv", header + "x\t1\n\ny\t0\n", "line 3: expected 2 fields as there are columns, found 1"),
  Bad(
    "a.csv", "text,label\n\"x\n\",1\na, b,0\n",
    "line 4: expected 2 fields as there are columns, found 3"),
  Bad("a.csv", "text,label\nx,1\n\"y,\nz,0\n", "line 3: a quote is opened and never closed"),
  Bad(
    "a.csv", "text,label\n\"x\n\" y,1\n",
    "line 3: text after a closing quote; inside quotes, a quote is written twice"),
  Bad("a.jsonl", "[\n{}\n]", "line 1: expected one JSON object a line: expected a value"),
  Bad(
    "a.jsonl", #"{"text": "x", "label": 1}"# + "\nnull", "line 2: expected one JSON object a line"),
  Bad(
    "a.json", #"{"text": "x", "label": 1}"# + "\n{\"",
    "line 2: expected one JSON object a line: the text has no end"),
  Bad(
    "a.jsonl", #"{"text": "x", "label": 1, "text": "y"}"#,
    #"line 1: expected one JSON object a line: key "text" stands twice"#),
  Bad(
    "a.jsonl", #"{"text": "x", "label": 1}"# + "\n" + #"{"text": "x"}"#,
    "line 2: \"label\" is missing: an empty cell, null and NaN are no values"),
  Bad(
    "a.jsonl", #"{"text": ["x"], "label": 1}"#,
    "line 1: \"text\" is a list or an object, expected a text or a number"),

  Bad(
    "a.tsv", header + "x\tyes\ny\tmaybe\n", targets: .labels(knownLabels),
    "line 3: label \"maybe\" is not known; the labels are \"no\", \"yes\""),
  Bad(
    "a.tsv", header + "x\t2\n", targets: .labels(knownLabels),
    "line 2: label \"2\" is not known; the labels are \"no\", \"yes\""),
  Bad(
    "a.tsv", header + "x\t0\n", targets: .labels(ratings),
    "line 2: label \"0\" is not known; the labels are \"1\", \"2\", \"3\""),
  Bad(
    "a.tsv", header + "x\tl25\n", targets: .labels(manyLabels),
    "line 2: label \"l25\" is not known; the labels are "
      + (0..<20).map { "\"l\($0)\"" }.joined(separator: ", ") + " and 5 more"),
  Bad(
    "a.tsv", header + "x\t1\ny\t1\n",
    "has only the label \"1\"; a classification needs at least two"),
  Bad(
    "a.tsv", header + "x\t1.5\ny\thigh\n", targets: .numbers,
    "line 3: \"high\" is not a finite number"),
  Bad("a.csv", "text,score\nx,inf\n", targets: .numbers, "line 2: \"inf\" is not a finite number"),
  Bad(
    "a.csv", "text,score\nx,1e99\n", targets: .numbers, "line 2: \"1e99\" is not a finite number"),
  Bad(
    "a.csv", "text,score\nx,5\ny,0.5\n", targets: .numbersIn(1...5),
    "line 3: \"0.5\" is not a number from 1.0 to 5.0"),
]

@Test(arguments: badFiles)
private func badFilesAreRefused(_ bad: Bad) throws {
  let folder = try TemporaryFolder()
  let file = try folder.write(bad.file, bad.content)
  let error = #expect(throws: InputError.self) {
    try Dataset(contentsOf: file, columns: bad.columns, targets: bad.targets)
  }
  #expect(error?.description == "\(file.path): \(bad.message)")
}

@Test func filesThatCannotBeOpenedAreNamed() throws {
  let folder = try TemporaryFolder()
  let missing = folder.url.appendingPathComponent("missing.tsv")
  let directory = folder.url.appendingPathComponent("folder.tsv")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  let loop = folder("loop.tsv"), lost = folder("lost.tsv")
  for (link, target) in [(loop, loop.path), (lost, missing.path)] {
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: target)
  }
  for (file, message) in [
    (missing, "\(missing.path): no such file"),
    (loop, "\(loop.path): is a symbolic link that leads to itself"),
    (lost, "\(lost.path): is a symbolic link to \(missing.path), which is not there"),
    (directory, "\(directory.path): is a folder, expected a file"),
  ] {
    let error = #expect(throws: InputError.self) {
      try Dataset(contentsOf: file, targets: .unread)
    }
    #expect(error?.description == message)
  }
}

@Test func labelSetsThatCannotBeUsedAreRefused() throws {
  let cases: [([String], String)] = [
    (["a", " "], "--labels: has an empty label"),
    ([], "--labels: has no label; a classification needs at least two"),
    (["a"], "--labels: has only the label \"a\"; a classification needs at least two"),
    (["a", "b", "a"], "--labels: has the label \"a\" twice"),
  ]
  for (names, message) in cases {
    let error = #expect(throws: InputError.self) { try LabelSet(names, source: "--labels") }
    #expect(error?.description == message)
  }
}

@Test func labelsThatAModelDoesNotHaveAreNamed() throws {
  let labels = try LabelSet(["a", "b"], source: "data")
  for model in [["A", "c"], ["a", "A"], ["LABEL_0", "LABEL_1", "LABEL_2"]] {
    let other = try LabelSet(model, source: "model")
    let error = #expect(throws: InputError.self) { try labels.map(onto: other, source: "f.tsv") }
    #expect(error?.description.hasPrefix("f.tsv: has the label ") == true)
  }
}

@Test func examplesInMemoryAreChecked() throws {
  let labels = try LabelSet(["a", "b"], source: "test")
  let examples = [0, 1, 2].map { Example(text: "x", target: .label($0)) }
  #expect(throws: InputError("memory", "has no examples")) {
    try Dataset(examples: [], source: "memory")
  }
  #expect(
    throws: InputError("memory", at: "example 2", "has the label index 2, of 2 labels")
  ) { try Dataset(examples: examples, labels: labels, source: "memory") }
  #expect(
    throws: InputError("memory", at: "example 0", "has the label index 0, of 0 labels")
  ) { try Dataset(examples: examples, source: "memory") }
  let dataset = try Dataset(examples: Array(examples[..<2]), labels: labels, source: "memory")
  #expect(dataset.examples.count == 2)
}

import Datasets
import Foundation
import Support
import TestFiles
import Testing

/// In every format a value that is not there is the same error.
private let missing = "is missing: an empty cell, null and NaN are no values"

@Test(arguments: [
  ("a.tsv", "text\tlabel\nx\t1\ny\t\nz\t0\n"), ("a.tsv", "text\tlabel\nx\t1\ny\t  \nz\t0\n"),
  ("a.csv", "text,label\nx,1\ny,\nz,0\n"), ("a.csv", "text,label\nx,1\ny,\"\"\nz,0\n"),
  ("a.csv", "text,label\nx,1\ny,NaN\nz,0\n"), ("a.csv", "text,label\nx,1\ny,nan\nz,0\n"),
  ("a.tsv", "text\tlabel\nx\t1\ny\tNULL\nz\t0\n"),
  ("a.jsonl", #"{"text":"x","label":1}"# + "\n" + #"{"text":"y","label":null}"#),
  ("a.jsonl", #"{"text":"x","label":1}"# + "\n" + #"{"text":"y","label":NaN}"#),
  ("a.jsonl", #"{"text":"x","label":1}"# + "\n" + #"{"text":"y","label":""}"#),
  ("a.jsonl", #"{"text":"x","label":1}"# + "\n" + #"{"text":"y"}"#),
])
func aMissingAnswerIsAnError(name: String, content: String) throws {
  let folder = try TemporaryFolder()
  let file = try folder.write(name, content)
  for targets in [
    TargetFormat.labels(nil), .labels(try LabelSet(["1", "0"], source: "")), .numbers,
  ] {
    let error = #expect(throws: InputError.self) { try Dataset(contentsOf: file, targets: targets) }
    let line = name == "a.jsonl" ? 2 : 3
    #expect(error?.description == "\(file.path): line \(line): \"label\" \(missing)")
  }
  // Nobody asks for it.
  #expect(try Dataset(contentsOf: file, targets: .unread).examples.count >= 2)
}

/// Other programs write words for it, which are labels only where somebody says so.
@Test(arguments: ["None", "NA", "N/A", "n/a", "<NA>", "#NA", "#N/A"])
func aWordForMissingIsAnErrorUnlessItIsALabel(word: String) throws {
  let folder = try TemporaryFolder()
  for (name, content) in [
    ("a.tsv", "text\tlabel\nx\ta\ny\t\(word)\n"), ("a.csv", "text,label\nx,a\ny, \(word)\n"),
    ("a.jsonl", #"{"text":"x","label":"a"}"# + "\n" + #"{"text":"y","label":"\#(word)"}"#),
  ] {
    let file = try folder.write(name, content)
    let error = #expect(throws: InputError.self) {
      try Dataset(contentsOf: file, targets: .labels(nil))
    }
    let line = name == "a.jsonl" ? 2 : 3
    #expect(error?.description.contains("line \(line): \"label\" is missing: \"") == true)
    #expect(error?.description.contains("--labels names it") == true)
    let labels = try LabelSet(["a", word], source: "--labels")
    #expect(
      try Dataset(contentsOf: file, targets: .labels(labels)).examples.map(\.target)
        == [.label(0), .label(1)])
  }
}

@Test(arguments: [
  ("a.tsv", "text\tlabel\nx\t1\n\t0\n"), ("a.csv", "text,label\nx,1\n\" \",0\n"),
  ("a.jsonl", #"{"text":"x","label":1}"# + "\n" + #"{"text":null,"label":0}"#),
  ("a.jsonl", #"{"text":"x","label":1}"# + "\n" + #"{"text":NaN,"label":0}"#),
])
func aMissingTextIsAnError(name: String, content: String) throws {
  let folder = try TemporaryFolder()
  let file = try folder.write(name, content)
  for targets in [TargetFormat.labels(nil), .unread] {
    let error = #expect(throws: InputError.self) { try Dataset(contentsOf: file, targets: targets) }
    #expect(error?.problem == "\"text\" \(missing)")
  }
}

@Test func whatOtherProgramsWriteForMissingMayBeALabel() throws {
  let folder = try TemporaryFolder()
  let file = try folder.write("a.csv", "text,label\nx,null\ny,none\n")
  let labels = try LabelSet(["none", "null"], source: "--labels")
  #expect(
    try Dataset(contentsOf: file, targets: .labels(labels)).examples.map(\.target)
      == [.label(1), .label(0)])
}

@Test func notANumberIsAWordInsideATextAndOfNoInterestElsewhere() throws {
  let folder = try TemporaryFolder()
  let file = try folder.write(
    "a.jsonl",
    #"{"text":"NaN \"NaN\\","x":NaN,"label":"a"}"# + "\n" + #"{"text":"y","x":[NaN,1],"label":"b"}"#
  )
  let data = try Dataset(contentsOf: file, targets: .labels(nil))
  #expect(data.examples.map(\.text) == ["NaN \"NaN\\", "y"])
  #expect(throws: InputError.self) {
    try Dataset(
      contentsOf: folder.write("b.jsonl", #"{"text":"x","label":NaNa}"#), targets: .labels(nil))
  }
}

import Datasets
import Foundation
import Metrics
import Support
import TestFiles
import Testing

/// A file in the official layout of each task: a label or number of each example, and its texts.
private let samples: [(task: GLUETask, file: String, examples: [Example])] = [
  (
    .cola, "gj04\t1\t\tThe \"cat\" sat.\nbc01\t0\t*\tCat the sat.\n",
    [
      Example(text: "The \"cat\" sat.", target: .label(1)),
      Example(text: "Cat the sat.", target: .label(0)),
    ]
  ),
  (
    .sst2, "sentence\tlabel\na fine film \t1\ndull \t0\n",
    [Example(text: "a fine film ", target: .label(1)), Example(text: "dull ", target: .label(0))]
  ),
  (
    .mrpc,
    "\u{FEFF}Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tHe said \" yes .\tYes , he said .\r\n",
    [Example(text: "He said \" yes .", pair: "Yes , he said .", target: .label(1))]
  ),
  (
    .stsb,
    "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"
      + "0\tnews\tf\t2012\t1\tnone\tnone\tA man sings.\tA man is singing.\t4.750\n"
      + "1\tnews\tf\t2012\t2\tnone\tnone\ta\tb\t0.000\n2\t\t\t\t\t\t\tc\tc\t5.000\n",
    [
      Example(text: "A man sings.", pair: "A man is singing.", target: .value(4.75)),
      Example(text: "a", pair: "b", target: .value(0)),
      Example(text: "c", pair: "c", target: .value(5)),
    ]
  ),
  (
    .qqp,
    "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tWhy?\tHow?\t0\n4\t5\ttorn\n",
    [Example(text: "Why?", pair: "How?", target: .label(0))]
  ),
  (
    .mnli,
    "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\t"
      + "sentence1_parse\tsentence2_parse\tsentence1\tsentence2\tlabel1\tgold_label\n"
      + "0\t1\t1c\tletters\t\t\t\t\tIt rains.\tIt is dry.\tneutral\tcontradiction\n",
    [Example(text: "It rains.", pair: "It is dry.", target: .label(2))]
  ),
  (
    .qnli, "index\tquestion\tsentence\tlabel\n0\tWho came?\tNobody came.\tnot_entailment\n",
    [Example(text: "Who came?", pair: "Nobody came.", target: .label(1))]
  ),
  (
    .rte, "index\tsentence1\tsentence2\tlabel\n0\tIt rains.\tIt is wet.\tentailment\n",
    [Example(text: "It rains.", pair: "It is wet.", target: .label(0))]
  ),
  (
    .wnli, "index\tsentence1\tsentence2\tlabel\n0\tIt broke.\tThe cup broke.\t1\n",
    [Example(text: "It broke.", pair: "The cup broke.", target: .label(1))]
  ),
]

@Test func everyTaskIsReadFromItsFolder() throws {
  #expect(samples.map(\.task) == GLUETask.allCases)
  for (task, content, examples) in samples {
    let folder = try TemporaryFolder()
    let name = task == .mnli ? "dev_matched.tsv" : "dev.tsv"
    let own = try folder.write("\(task.folder)/\(name)", content)
    let file = try task.file(of: .validation, in: folder.url)
    #expect(file.path == own.path)
    #expect(try task.file(of: .validation, in: own.deletingLastPathComponent()).path == own.path)
    let dataset = try task.dataset(contentsOf: file)
    #expect(dataset.examples == examples, "\(task)")
    #expect(dataset.labels == task.labels)
    #expect(dataset.skippedRows == (task == .qqp ? 1 : 0))
  }
}

@Test func tasksKnowTheirKindAndMetrics() throws {
  #expect(GLUETask.allCases.filter { $0.kind == .regression } == [.stsb])
  #expect(GLUETask.cola.metrics == [.matthews])
  #expect(GLUETask.mrpc.metrics == [.accuracy, .f1])
  #expect(GLUETask.stsb.metrics == [.pearson, .spearman])
  for task in GLUETask.allCases {
    let text = TextTask.glue(task)
    #expect(text.kind.metrics.contains(text.metrics[0]))
  }
}

@Test(
  arguments: [
    (nil, .files(.classification)), ("classification", .files(.classification)),
    ("Regression", .files(.regression)), ("cola", .glue(.cola)), ("CoLA", .glue(.cola)),
    ("SST-2", .glue(.sst2)), ("sst2", .glue(.sst2)), ("sst-2", .glue(.sst2)),
    ("STS-B", .glue(.stsb)), ("sts_b", .glue(.stsb)), ("mnli", .glue(.mnli)),
  ] as [(String?, TextTask)])
func tasksAreFoundByName(name: String?, task: TextTask) throws {
  #expect(try TextTask(named: name) == task)
}

@Test func unknownTasksAreNamed() {
  let error = #expect(throws: InputError.self) { try TextTask(named: "squad") }
  #expect(
    error?.description == "task \"squad\": is not known; expected one of classification, "
      + "regression, multilabel, token-classification, text, conversation, cola, sst2, mrpc, stsb, qqp, mnli, qnli, rte, wnli"
  )
}

/// A file of a task of pairs, with one row.
private func pair(_ label: String, of column: String = "label") -> String {
  "index\tsentence1\tsentence2\t\(column)\n0\ta\tb\t\(label)\n"
}

@Test(
  arguments: [
    (
      GLUETask.sst2, "text\tlabel\nx\t1\n",
      "line 1: expected the header of SST-2, with the columns \"sentence\", \"label\"; "
        + "found \"text\", \"label\""
    ),
    (
      .mrpc, "1\t2\t3\tx\ty\n",
      "line 1: expected the header of MRPC, with the columns \"#1 String\", \"#2 String\", "
        + "\"Quality\"; found \"1\", \"2\", \"3\", \"x\", \"y\""
    ),
    (
      .stsb, "index\tgenre\tsentence1\tsentence2\n0\tnews\tf\t2012\t1\tnone\tnone\ta\tb\t4.750\n",
      "line 1: expected the header of STS-B, with the columns \"sentence1\", \"sentence2\", "
        + "\"score\"; found \"index\", \"genre\", \"sentence1\", \"sentence2\""
    ),
    (.cola, "gj04\t1\n", "line 1: expected 4 fields as there are columns, found 2"),
    (
      .cola, "source\tlabel\tmark\tsentence\ngj04\t1\t\tx\n",
      "line 1: expected a row, found a header line; the labelled files of CoLA have none"
    ),
    (
      .cola, "Sentence\tLabel\nx\t1\n",
      "line 1: expected a row, found a header line; the labelled files of CoLA have none"
    ),
    (
      .cola, "gj04\t1\t\tx\ngj04\t2\t\tx\n",
      "line 2: label \"2\" is not known; the labels are \"0\", \"1\""
    ),
    (.cola, "gj04\t01\t\tx\n", "line 1: label \"01\" is not known; the labels are \"0\", \"1\""),
    (
      .cola, "gj04\tacceptable\t\tx\n",
      "line 1: label \"acceptable\" is not known; the labels are \"0\", \"1\""
    ),
    (
      .rte, pair("neutral"),
      "line 2: label \"neutral\" is not known; the labels are \"entailment\", \"not_entailment\""
    ),
    (
      .rte, pair("1"),
      "line 2: label \"1\" is not known; the labels are \"entailment\", \"not_entailment\""
    ),
    (.stsb, pair("7.5", of: "score"), "line 2: \"7.5\" is not a number from 0.0 to 5.0"),
    (.stsb, pair("-1", of: "score"), "line 2: \"-1\" is not a number from 0.0 to 5.0"),
    (.stsb, pair("5.0001", of: "score"), "line 2: \"5.0001\" is not a number from 0.0 to 5.0"),
    (.stsb, pair("1e3", of: "score"), "line 2: \"1e3\" is not a number from 0.0 to 5.0"),
    (
      .stsb, pair("nan", of: "score"),
      "line 2: \"score\" is missing: an empty cell, null and NaN are no values"
    ),
    (.stsb, pair("high", of: "score"), "line 2: \"high\" is not a number from 0.0 to 5.0"),
    (.wnli, "index\tsentence1\tsentence2\tlabel\n", "has no rows"),
    (.qnli, "", "is empty; expected a header line"),
  ] as [(GLUETask, String, String)])
func wrongFilesAreRefused(task: GLUETask, content: String, message: String) throws {
  let folder = try TemporaryFolder()
  let file = try folder.write("train.tsv", content)
  let error = #expect(throws: InputError.self) { try task.dataset(contentsOf: file) }
  #expect(error?.description == "\(file.path): \(message)")
}

@Test func aRowThatNamesAColumnIsNoHeader() throws {
  let folder = try TemporaryFolder()
  let file = try folder.write("train.tsv", "gj04\t1\t\tLabel\n")
  #expect(
    try GLUETask.cola.dataset(contentsOf: file).examples == [
      Example(text: "Label", target: .label(1))
    ])
}

@Test func foldersWithoutATaskAreNamed() throws {
  let folder = try TemporaryFolder()
  _ = try folder.write("RTE/train.tsv", "")
  let error = #expect(throws: InputError.self) {
    try GLUETask.mnli.file(of: .train, in: folder.url)
  }
  #expect(
    error?.description == "\(folder.url.path): has neither train.tsv nor dev_matched.tsv, "
      + "nor are they in a folder MNLI inside it")
  let absent = folder.url.appendingPathComponent("absent")
  #expect(throws: InputError(absent.path, "no such folder")) {
    try GLUETask.rte.file(of: .train, in: absent)
  }
  let file = folder.url.appendingPathComponent("RTE/train.tsv")
  #expect(throws: InputError(file.path, "is a file, expected a folder")) {
    try GLUETask.rte.file(of: .train, in: file)
  }
  let missing = try GLUETask.rte.file(of: .validation, in: folder.url)
  #expect(throws: InputError(missing.path, "no such file")) {
    try GLUETask.rte.dataset(contentsOf: missing)
  }
}

/// The columns of the official test files, which have no answers, and a row.
private let tests: [(task: GLUETask, file: String, examples: [Example])] = [
  (.cola, "index\tsentence\n3\tThe \"cat sat.\n", [Example(text: "The \"cat sat.")]),
  (.sst2, "index\tsentence\n3\tdull \n", [Example(text: "dull ")]),
  (
    .mrpc, "index\t#1 ID\t#2 ID\t#1 String\t#2 String\n3\t7\t8\tHe said \" yes .\tYes .\n",
    [Example(text: "He said \" yes .", pair: "Yes .")]
  ),
  (
    .stsb,
    "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\n"
      + "3\tnews\tf\t2012\t1\tnone\tnone\ta\tb\n", [Example(text: "a", pair: "b")]
  ),
  (.qqp, "id\tquestion1\tquestion2\n3\tWhy?\tHow?\n", [Example(text: "Why?", pair: "How?")]),
  (
    .mnli,
    "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\t"
      + "sentence1_parse\tsentence2_parse\tsentence1\tsentence2\n3\t1\t1c\tg\t\t\t\t\ta\tb\n",
    [Example(text: "a", pair: "b")]
  ),
  (.qnli, "index\tquestion\tsentence\n3\ta\tb\n", [Example(text: "a", pair: "b")]),
  (.rte, "index\tsentence1\tsentence2\n3\ta\tb\n", [Example(text: "a", pair: "b")]),
  (.wnli, "index\tsentence1\tsentence2\n3\ta\tb\n", [Example(text: "a", pair: "b")]),
]

@Test func testFilesAreReadWithTheirIndices() throws {
  #expect(tests.map(\.task) == GLUETask.allCases)
  for (task, content, examples) in tests {
    let folder = try TemporaryFolder()
    for split in task.testSplits {
      let half = task == .mnli ? (split == .test ? "_matched" : "_mismatched") : ""
      let own = try folder.write("\(task.folder)/test\(half).tsv", content)
      let file = try task.file(of: split, in: folder.url)
      #expect(file.path == own.path)
      let set = try task.testSet(contentsOf: file)
      #expect(set.indices == ["3"] && set.data.examples == examples, "\(task)")
    }
  }
}

@Test func onlyMNLIHasMismatchedData() throws {
  let folder = try TemporaryFolder()
  _ = try folder.write("RTE/train.tsv", "")
  _ = try folder.write("MNLI/train.tsv", "")
  #expect(try GLUETask.rte.fileIfPresent(of: .validationMismatched, in: folder.url) == nil)
  #expect(try GLUETask.mnli.fileIfPresent(of: .validationMismatched, in: folder.url) == nil)
  let own = try folder.write("MNLI/dev_mismatched.tsv", samples[5].file)
  let file = try GLUETask.mnli.fileIfPresent(of: .validationMismatched, in: folder.url)
  #expect(file?.path == own.path)
  #expect(throws: InputError("RTE", "has no mismatched data, only MNLI has")) {
    try GLUETask.rte.file(of: .testMismatched, in: folder.url)
  }
}

@Test func brokenTestFilesAreRefused() throws {
  let folder = try TemporaryFolder()
  for (content, message) in [
    (
      "sentence\nx\n",
      "line 1: expected the header of SST-2, with the columns \"sentence\", \"index\"; "
        + "found \"sentence\""
    ),
    (
      "index\tsentence\n0\ta\tb\n", "line 2: expected 2 fields as there are columns, found 3"
    ),
  ] {
    let file = try folder.write("test.tsv", content)
    let error = #expect(throws: InputError.self) { try GLUETask.sst2.testSet(contentsOf: file) }
    #expect(error?.description == "\(file.path): \(message)")
  }
  // A torn row is left out of QQP's training data, never of a submission.
  let torn = try folder.write("torn.tsv", "id\tquestion1\tquestion2\n0\ttorn\n")
  #expect(throws: InputError.self) { try GLUETask.qqp.testSet(contentsOf: torn) }
}

@Test func quotesAreOrdinaryCharacters() throws {
  let folder = try TemporaryFolder()
  let header = "index\tsentence1\tsentence2\tlabel\n"
  let stray = try folder.write("a.tsv", header + "0\t\"a\tb \"\"c\"\tentailment\n")
  #expect(
    try GLUETask.rte.dataset(contentsOf: stray).examples == [
      Example(text: "\"a", pair: "b \"\"c\"", target: .label(0))
    ])
  let spread = try folder.write("b.tsv", header + "0\ta\t\"b\nc\"\tentailment\n")
  let error = #expect(throws: InputError.self) { try GLUETask.rte.dataset(contentsOf: spread) }
  #expect(
    error?.description
      == "\(spread.path): line 2: expected 4 fields as there are columns, found 3; "
      + "quotes do not hold tabs or line breaks together in a .tsv file")
}

@Test func aFileOfTornRowsIsRefused() throws {
  let folder = try TemporaryFolder()
  let file = try folder.write(
    "train.tsv", "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\ttorn\n")
  let error = #expect(throws: InputError.self) { try GLUETask.qqp.dataset(contentsOf: file) }
  #expect(error?.problem == "has no rows of as many fields as there are columns")
}

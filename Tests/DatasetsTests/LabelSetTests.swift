import Datasets
import Foundation
import Support
import TestFiles
import Testing

private func set(_ names: String...) throws -> LabelSet { try LabelSet(names, source: "model") }

/// The rule by which a label in a file is one of a set.
@Suite struct LabelSetTests {
  @Test func aLabelIsFoundByTheStrictestWayThatKnowsIt() throws {
    for (names, value, index) in [
      (["US", "us"], "us", 1), (["US", "us"], "US", 0), (["US", "us"], "Us", nil),
      (["NEGATIVE", "POSITIVE"], " Positive ", 1), (["NEGATIVE", "POSITIVE"], "1", 1),
      (["NEGATIVE", "POSITIVE"], "2", nil), (["NEGATIVE", "POSITIVE"], "1.0", nil),
      (["1.0", "2.0"], "1", 0), (["1.0", "2.0"], "2", 1), (["1.0", "2.0"], "0", nil),
      (["1", "2"], "+1.00", 0), (["1", "2"], "01", nil), (["007", "7"], "7.0", 1),
      (["1", "1.0"], "1.00", nil), (["0.5", "-0.5"], "-.50", 1),
      (["LABEL_0", "LABEL_1"], "label_1", 1), (["LABEL_0", "LABEL_1"], "1", 1),
      ([" spam", "spam"], " spam", 0), ([" spam", "spam"], "spam", 1),
      ([" spam", "ham"], "spam", 0),
    ] as [([String], String, Int?)] {
      #expect(try LabelSet(names, source: "").index(of: value) == index, "\(names) \(value)")
    }
  }

  @Test func aColumnsLabels() throws {
    for (values, names) in [
      ([" spam", "Spam", "spam", "ham "], ["Spam", "ham", "spam"]),
      (["1", "1.0", "2"], ["1", "2"]), (["10.0", "9.0", "2.5"], ["2.5", "9.0", "10.0"]),
      (["10", "9", "x"], ["10", "9", "x"]), (["007", "7"], ["7", "007"]),
    ] {
      #expect(try LabelSet(sorting: values, source: "").names.sorted() == names.sorted())
    }
    #expect(
      try LabelSet(sorting: ["10.0", "9.0", "2.5"], source: "").names == ["2.5", "9.0", "10.0"])
    #expect(throws: InputError.self) { try LabelSet(sorting: ["1", " 1.0"], source: "") }
  }

  @Test func labelsOfAnotherModel() throws {
    let model = try set("NEGATIVE", "POSITIVE")
    #expect(try set("Positive", "negative").map(onto: model, source: "") == [1, 0])
    #expect(try set("1", "0").map(onto: model, source: "") == [1, 0])
    #expect(try set("us", "US").map(onto: set("US", "us"), source: "") == [1, 0])
    let unnamed = try set("LABEL_0", "LABEL_1")
    #expect(try set("a", "b").map(onto: unnamed, source: "") == [0, 1])
    #expect(try set("LABEL_1", "LABEL_0").map(onto: unnamed, source: "") == [1, 0])
    #expect(
      try set("0", "2").map(onto: set("LABEL_0", "LABEL_1", "LABEL_2"), source: "") == [0, 2])
    let error = #expect(throws: InputError.self) {
      try set("US", "us").map(onto: set("us", "uk"), source: "f")
    }
    #expect(error?.problem.contains("which both are") == true)
  }

  @Test func whatIsNoticed() throws {
    #expect(try set("Spam", "spam", "ham").alikeButForCase == [["Spam", "spam"]])
    #expect(try !set("1.0", "2.0").areMeasurements)
    #expect(try set("1.5", "2").areMeasurements)
    func numbers(_ range: some Sequence<Int>) throws -> LabelSet {
      try LabelSet(range.map(String.init), source: "")
    }
    #expect(try !numbers(0..<150).areMeasurements)
    #expect(try !numbers(1...77).areMeasurements)
    #expect(try numbers(stride(from: 0, to: 300, by: 3)).areMeasurements)
    #expect(try !numbers([3, 7, 100]).areMeasurements)
  }
}

@Test func aTableHasLinesAndNames() throws {
  let folder = try TemporaryFolder()
  let file = try folder.write("a.csv", "idx,text,text2\nq1,\"two\nlines\",b\nq2,c,d\n")
  let table = try TextTable(contentsOf: file)
  #expect(table.rows.map(\.line) == [2, 4])
  #expect(table.rows.map(\.id) == ["q1", "q2"])
  #expect(table.rows[0].example == Example(text: "two\nlines", pair: "b"))
  #expect(try TextTable(contentsOf: file, id: "text2").rows.map(\.id) == ["b", "d"])
  #expect(throws: InputError.self) { try TextTable(contentsOf: file, id: "id") }
  #expect(try TextTable(contentsOf: folder.write("b.csv", "text\na\n")).rows.map(\.id) == [nil])
}

@Test func columnsThatAreNotThereAreGuessed() throws {
  let folder = try TemporaryFolder()
  let file = try folder.write("a.csv", "text,stars\na,1\n")
  #expect(
    try ColumnNames(text: "review", label: "stars").ifPresent(in: file)
      == ColumnNames(label: "stars"))
  #expect(
    try ColumnNames(text: "text", pair: "other", label: "label").ifPresent(in: file)
      == ColumnNames())
}

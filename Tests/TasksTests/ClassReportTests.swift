import Metrics
import Testing

/// Reports by class as `classification_report` of scikit-learn and of seqeval gives them.
struct ClassReportTests {
  private struct Scores: Decodable {
    let name: String, precision: Double, recall: Double, f1: Double, support: Int
  }

  private struct Report: Decodable {
    let classes: [Scores], micro: Scores, macro: Scores, weighted: Scores
  }

  private struct Cases: Decodable {
    struct Single: Decodable {
      let labels: [String], predicted: [Int], expected: [Int], confusion: [[Int]], report: Report
    }
    struct Several: Decodable {
      let labels: [String], probabilities: [[Double]], expected: [[Int]], threshold: Double
      let report: Report
    }
    struct Entities: Decodable {
      let predicted: [[String]], expected: [[String]], report: Report
    }

    let single: [Single], several: [Several], entities: [Entities]
  }

  private func expect(_ found: ClassReport, equals expected: Report) {
    let rows = found.classes + [found.micro, found.macro, found.weighted]
    let expectedRows = expected.classes + [expected.micro, expected.macro, expected.weighted]
    #expect(rows.map(\.name) == expectedRows.map(\.name))
    for (row, expected) in zip(rows, expectedRows) {
      #expect(abs(row.precision - expected.precision) < 1e-12, "\(row.name)")
      #expect(abs(row.recall - expected.recall) < 1e-12, "\(row.name)")
      #expect(abs(row.f1 - expected.f1) < 1e-12, "\(row.name)")
      #expect(row.support == expected.support, "\(row.name)")
    }
  }

  @Test func oneLabelForEach() throws {
    let cases: Cases = try reference("class-reports.json")
    #expect(cases.single.count == 5)
    for example in cases.single {
      let report = ClassReport(
        labels: zip(example.predicted, example.expected).map {
          Outcome(predicted: $0, expected: $1)
        }, named: example.labels)
      expect(report, equals: example.report)
      #expect(report.confusion == example.confusion)
    }
  }

  @Test func severalLabelsForEach() throws {
    let cases: Cases = try reference("class-reports.json")
    #expect(cases.several.count == 2)
    for example in cases.several {
      let report = ClassReport(
        labelLists: zip(example.probabilities, example.expected).map {
          LabelScores(probabilities: $0, expected: $1)
        }, thresholds: example.labels.map { _ in example.threshold }, named: example.labels)
      expect(report, equals: example.report)
      #expect(report.confusion == nil)
    }
  }

  @Test func entities() throws {
    let cases: Cases = try reference("class-reports.json")
    #expect(cases.entities.count == 3)
    for example in cases.entities {
      let report = EntityReport(
        zip(example.predicted, example.expected).map { Outcome(predicted: $0, expected: $1) })
      expect(report.types, equals: example.report)
    }
  }

  @Test func largeConfusionIsNotKept() {
    let labels = (0...ClassReport.largestConfusion).map(String.init)
    #expect(ClassReport(labels: [], named: labels).confusion == nil)
    #expect(ClassReport(labels: [], named: Array(labels.dropLast())).confusion?.count == 100)
  }
}

import Metrics
import Testing

/// Metrics as scikit-learn and seqeval have them.
struct MetricTests {
  private struct LabelCase: Decodable {
    let name: String
    let probabilities: [[Double]]
    let expected: [[Int]]
    let thresholds: [Double]
    let values: [String: Double]
  }

  @Test func severalLabels() throws {
    let cases: [LabelCase] = try reference("multilabel.json")
    #expect(cases.count == 7)
    for example in cases {
      let found = MetricValues(
        labelLists: zip(example.probabilities, example.expected).map {
          LabelScores(probabilities: $0, expected: $1)
        }, thresholds: example.thresholds)
      #expect(found.all.count == example.values.count)
      for (name, value) in example.values {
        let metric = try #require(found[Metric(named: name)])
        #expect(abs(metric - value) < 1e-12, "\(example.name): \(name)")
      }
    }
  }

  private struct EntityCase: Decodable {
    struct Found: Decodable {
      let type: String, start: Int, end: Int

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        type = try list.decode(String.self)
        start = try list.decode(Int.self)
        end = try list.decode(Int.self)
      }
    }

    let name: String
    let predicted: [[String]], expected: [[String]]
    let entities: [[Found]]
    let values: [String: Double]
    let types: [String: [String: Double]]
  }

  @Test func entities() throws {
    let cases: [EntityCase] = try reference("entities.json")
    #expect(cases.count == 6)
    for example in cases {
      for (tags, expected) in zip(example.expected, example.entities) {
        let found = Entity.all(in: tags)
        #expect(
          found == expected.map { Entity(type: $0.type, words: $0.start..<$0.end) },
          "\(example.name): \(tags)")
      }
      let report = EntityReport(
        zip(example.predicted, example.expected).map { Outcome(predicted: $0, expected: $1) })
      for (name, value) in example.values {
        let metric = try #require(report.values[Metric(named: name)])
        #expect(abs(metric - value) < 1e-12, "\(example.name): \(name)")
      }
      #expect(report.types.classes.map(\.name) == example.types.keys.sorted(), "\(example.name)")
      for scores in report.types.classes {
        let expected = try #require(example.types[scores.name])
        #expect(abs(scores.precision - (expected["precision"] ?? -1)) < 1e-12)
        #expect(abs(scores.recall - (expected["recall"] ?? -1)) < 1e-12)
        #expect(abs(scores.f1 - (expected["f1-score"] ?? -1)) < 1e-12)
        #expect(Double(scores.support) == expected["support"])
      }
    }
  }
}

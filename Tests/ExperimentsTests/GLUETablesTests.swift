import Foundation
import SparseGrad
import Testing

@testable import Experiments

/// Tables of invented records.
@Suite struct GLUETablesTests {
  /// The record of a run that reached `score`, or diverged.
  private static func record(_ method: GLUEMethod, _ task: GLUETask, _ score: Double?) throws
    -> GLUECellRecord
  {
    let setup = GLUECellRecord.Setup(
      model: "bert", fingerprint: "", task: task.rawValue, method: method.name,
      density: method.density, trainingExamples: 4, validationExamples: 2,
      settings: TrainingSettings())
    guard let score else {
      return GLUECellRecord(setup: setup, outcome: .diverged(message: "no"), seconds: 1)
    }
    let figures = """
      {"task": "\(task)", "method": "x", "metric": "m", "score": \(score), "metrics": {"loss": 0.5},
       "seed": 1, "steps": 8, "best_step": 4, "epochs": 2, "training_loss": 0.1,
       "trainable_parameters": 1234567, "selected_per_mlp_layer": 89, "tokens_per_second": 1000.4,
       "steps_per_second": 2, "training_seconds": 3, "preliminary_seconds": 1,
       "peak_memory": {"total": 4500000}, "peak_process_memory": 9000000}
      """
    return GLUECellRecord(
      setup: setup,
      outcome: .finished(
        figures: try JSONDecoder().decode(RunReport.self, from: Data(figures.utf8)),
        mismatched: task == .mnli ? ["accuracy": score - 0.01] : nil), seconds: 5)
  }

  /// - Parameter scores: of each seed; nil where the run is still to come, a nil inside where it diverged.
  private static func entry(_ method: GLUEMethod, _ task: GLUETask, _ scores: [Double??]) throws
    -> GLUEResults.Entry
  {
    GLUEResults.Entry(
      entry: GLUEEntry(model: "bert", task: task, method: method), tried: [], learningRate: 2e-5,
      runs: try scores.enumerated().map { seed, score in
        (seed: UInt64(seed + 1), record: try score.map { try record(method, task, $0) })
      })
  }

  private static let full = GLUEMethod("full", .full)
  private static func sparse(_ density: Double) -> GLUEMethod {
    GLUEMethod(
      "sparsegrad:axes=hidden,sharing=per-block", .sparseGrad(SparseGradSettings.paper),
      density: density)
  }

  @Test func theMajorityLabelIsCompared() throws {
    func scored(_ task: GLUETask, _ share: Double?) throws -> GLUEResults.Entry {
      var record = try Self.record(Self.full, task, 0.9)
      if case .finished(var figures, let mismatched) = record.outcome {
        figures.majorityShare = share
        record = GLUECellRecord(
          setup: record.setup, outcome: .finished(figures: figures, mismatched: mismatched),
          seconds: 1)
      }
      return GLUEResults.Entry(
        entry: GLUEEntry(model: "bert", task: task, method: Self.full), tried: [],
        learningRate: 2e-5, runs: [(seed: 1, record: record)])
    }
    func lastRow(_ entries: [GLUEResults.Entry]) -> String? {
      GLUETables(GLUEResults(entries)).scores[0].rows.last?.joined(separator: " ")
    }
    #expect(
      try lastRow([scored(.cola, 0.69), scored(.mnli, 0.35), scored(.stsb, nil)])
        == "majority label - - - 11.67 0.00 35.00 - 0.00")
    #expect(try lastRow([scored(.cola, nil), scored(.mnli, nil)])?.hasPrefix("bert") == true)
  }

  @Test func compareMethods() throws {
    let tables = GLUETables(
      GLUEResults([
        try Self.entry(Self.full, .cola, [0.58, 0.6]),
        try Self.entry(Self.full, .mnli, [0.84, 0.842]),
        try Self.entry(Self.sparse(0.01), .cola, [0.59, .some(nil)]),
        try Self.entry(Self.sparse(0.01), .mnli, [nil, nil]),
      ]))
    #expect(
      tables.scores.map(\.markdown) == [
        """
        ### Scores

        | Model | Method                                   | Trainable | of each MLP weight | AVG   | CoLA           | MNLI         | MNLI-mm      |
        | ----- | ---------------------------------------- | --------- | ------------------ | ----- | -------------- | ------------ | ------------ |
        | bert  | full                                     | 1.23 M    | 89                 | 71.55 | 59.00 ± 1.41   | 84.10 ± 0.14 | 83.10 ± 0.14 |
        | bert  | sparsegrad:axes=hidden,sharing=per-block | 1.23 M    | 89                 | -     | 59.00 (1 of 2) | -            | -            |

        """
      ])
    #expect(
      tables.csv == """
        model,method,density,trainable_parameters,trainable_per_mlp_weight,average,\
        CoLA,CoLA deviation,CoLA runs,MNLI,MNLI deviation,MNLI runs,\
        MNLI-mm,MNLI-mm deviation,MNLI-mm runs
        bert,full,,1234567,89,71.5500,59.0000,1.4142,2,84.1000,0.1414,2,83.1000,0.1414,2
        bert,"sparsegrad:axes=hidden,sharing=per-block",0.01,1234567,89,,59.0000,,1,,,0,,,0

        """)
    #expect(
      tables.costs.markdown.contains(
        "| bert  | CoLA | full                                     | -          | 2e-05 | 2    "
          + "| 59.00 ± 1.41 | 0.5000          | 4         | 4.0     | 1000     | 4.5    "),
      "\(tables.costs.markdown)")
    #expect(tables.learningRates == nil)
  }

  @Test func showDensitiesAsRows() throws {
    let tables = GLUETables(
      GLUEResults(
        try [0.008, 0.01, 1].flatMap { density in
          [
            try Self.entry(Self.sparse(density), .rte, [.some(.some(0.6 + density / 10))]),
            try Self.entry(Self.sparse(density), .stsb, [density == 1 ? .some(nil) : 0.9]),
          ]
        }))
    #expect(
      tables.scores.map(\.markdown) == [
        """
        ### bert, sparsegrad:axes=hidden,sharing=per-block: scores by density

        | Density, % | Trainable | of each MLP weight | AVG   | RTE   | STS-B    |
        | ---------- | --------- | ------------------ | ----- | ----- | -------- |
        | 0.8        | 1.23 M    | 89                 | 75.04 | 60.08 | 90.00    |
        | 1          | 1.23 M    | 89                 | 75.05 | 60.10 | 90.00    |
        | 100        | 1.23 M    | 89                 | -     | 70.00 | diverged |

        """
      ])
  }

  @Test func showHowRatesWereChosen() throws {
    let entry = GLUEResults.Entry(
      entry: GLUEEntry(model: "bert", task: .rte, method: Self.full),
      tried: [
        (1e-5, try Self.record(Self.full, .rte, 0.55)),
        (5e-5, try Self.record(Self.full, .rte, 0.6)),
        (1e-3, try Self.record(Self.full, .rte, nil)),
      ], learningRate: 5e-5, runs: [(1, nil)])
    let table = GLUETables(GLUEResults([entry])).learningRates
    #expect(
      table?.rows == [
        ["bert", "RTE", "full", "-", "1e-05: 55.00, 5e-05: 60.00, 0.001: diverged", "5e-05"]
      ])
  }

  @Test func countFailures() throws {
    let results = GLUEResults([
      try Self.entry(Self.full, .rte, [0.5, .some(nil), nil]),
      GLUEResults.Entry(
        entry: GLUEEntry(model: "bert", task: .cola, method: Self.full),
        tried: [(1, try Self.record(Self.full, .cola, nil))], learningRate: nil, runs: [(1, nil)]),
    ])
    #expect(results.failures == 2)
  }

  @Test func markdownAndCSVQuote() {
    let table = ResultTable(title: "t", columns: ["a|b", "c"], rows: [["x,\"y\"", "z"]])
    #expect(table.markdown == "### t\n\n| a\\|b  | c   |\n| ----- | --- |\n| x,\"y\" | z   |\n")
    #expect(table.csv == "a|b,c\n\"x,\"\"y\"\"\",z\n")
  }
}

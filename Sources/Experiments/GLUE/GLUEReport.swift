import Foundation
import Support

/// The results of a comparison for programs: the content of `results.json`.
public struct GLUEReport: Codable, Sendable {
  package struct Row: Codable, Sendable {
    package var model, method: String
    package var density, average: Double?
    package var trainableParameters, trainablePerMLPWeight: Int?
    package var tasks: [String: Score]

    private enum CodingKeys: String, CodingKey {
      case model, method, density, average, tasks
      case trainableParameters = "trainable_parameters"
      case trainablePerMLPWeight = "trainable_per_mlp_weight"
    }
  }

  package struct Score: Codable, Sendable {
    package var metric: String
    package var learningRate, mean, deviation: Double?
    package var seeds: [Seed]
    package var tried: [Rate]

    private enum CodingKeys: String, CodingKey {
      case metric, mean, deviation, seeds, tried
      case learningRate = "learning_rate"
    }
  }

  package struct Seed: Codable, Sendable {
    package var seed: UInt64
    package var run: GLUECellRecord?
  }

  package struct Rate: Codable, Sendable {
    package var learningRate: Double
    package var score: Double?

    private enum CodingKeys: String, CodingKey {
      case score
      case learningRate = "learning_rate"
    }
  }

  package let rows: [Row]
  /// The words of the command that wrote it; nil where the library did, and in files of older versions.
  package let command: [String]?

  /// The report of results, which may still be incomplete.
  public init(_ results: GLUEResults, command: [String]? = nil) {
    self.command = command
    let columns = GLUEColumn.columns(of: results)
    rows = GLUERow.rows(of: results).map { row in
      Row(
        model: row.model, method: row.method.name, density: row.method.density,
        average: row.average(columns), trainableParameters: row.trainable?.all,
        trainablePerMLPWeight: row.trainable?.perWeight,
        tasks: Dictionary(
          row.entries.map { ($0.entry.task.folder, Score($0)) }, uniquingKeysWith: { $1 }))
    }
  }
}

extension GLUEReport.Score {
  fileprivate init(_ result: GLUEResults.Entry) {
    metric = result.entry.task.metrics[0].rawValue
    learningRate = result.learningRate
    (mean, deviation) = (result.score.mean, result.score.deviation)
    seeds = result.runs.map { GLUEReport.Seed(seed: $0.seed, run: $0.record) }
    tried = result.tried.map {
      GLUEReport.Rate(learningRate: $0.learningRate, score: $0.record?.score)
    }
  }
}

extension GLUEResults {
  /// Writes `results.md`, `results.csv` and `results.json`.
  /// - Parameters:
  ///   - folder: where.
  ///   - command: the words of the command that asks for it.
  /// - Throws: `InputError` naming the file that cannot be written.
  public func write(to folder: URL, command: [String]? = nil) throws {
    let tables = GLUETables(self)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let files = [
      ("results.md", Data(tables.markdown.utf8)), ("results.csv", Data(tables.csv.utf8)),
      (
        "results.json",
        try encoder.encode(GLUEReport(self, command: command)) + [UInt8(ascii: "\n")]
      ),
    ]
    for (name, content) in files {
      try AtomicOutput.write(content, to: folder.appendingPathComponent(name))
    }
  }
}

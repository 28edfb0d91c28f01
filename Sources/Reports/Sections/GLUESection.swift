import Experiments
import Metrics
import Training

/// A comparison of methods on the GLUE tasks, from its `results.json`.
struct GLUESection {
  let title: String
  let report: GLUEReport

  var section: PageSection {
    PageSection(
      title: title,
      content: [summary] + command + [scores, chart] + differences + [costs]
        + [rates].compactMap { $0 } + settings)
  }

  private var tasks: [String] { Set(report.rows.flatMap(\.tasks.keys)).sorted() }

  private func name(_ row: GLUEReport.Row) -> String {
    let density = row.density.map { ", density \(($0 * 100).short) %" } ?? ""
    return "\(row.model), \(row.method)\(density)"
  }

  private var summary: HTML {
    let seeds = report.rows.flatMap { $0.tasks.values.flatMap(\.seeds) }
    let ended = seeds.compactMap(\.run)
    let diverged = ended.count { $0.score == nil }
    let sentence =
      "\(ended.count) of \(seeds.count) runs have ended"
      + (diverged > 0 ? ", of which \(diverged) diverged" : "")
    return .paragraph(
      sentence
        + ". Scores are the main metric of each task, times 100: the mean over seeds ± the sample deviation."
    )
  }

  private var command: [HTML] {
    report.command.map { [.heading("Command"), .command($0)] } ?? []
  }

  /// What all runs have in common, and what they differ in.
  private var settings: [HTML] {
    let records = report.rows.flatMap { $0.tasks.values.flatMap { $0.seeds.compactMap(\.run) } }
    let all = records.compactMap { try? $0.setup.settings.fields() }
    let rows = Set(all.flatMap(\.keys)).sorted().map { key in
      let values = Set(all.map { $0[key] ?? "none" }).sorted()
      return [DataTable.Cell(key), DataTable.Cell(values.joined(separator: "; "))]
    }
    guard !rows.isEmpty else { return [] }
    let table = DataTable(
      caption: "Settings of the runs", columns: ["Setting", "Values"], rows: rows)
    return [.folded("Settings", [table.html])]
  }

  private var scores: HTML {
    let best = tasks.map { task in report.rows.compactMap { $0.tasks[task]?.mean }.max() }
    let bestAverage = report.rows.compactMap(\.average).max()
    return DataTable(
      caption: "Scores", columns: ["Model and method", "Trainable", "Average"] + tasks,
      rows: report.rows.map { row in
        [
          DataTable.Cell(name(row)), DataTable.Cell(row.trainableParameters),
          DataTable.Cell(
            row.average.map { ($0 * 100).fixed(2) } ?? "–", value: row.average,
            isBest: row.average != nil && row.average == bestAverage),
        ] + zip(tasks, best).map { task, best in cell(row.tasks[task], best) }
      }
    ).html
  }

  private func cell(_ score: GLUEReport.Score?, _ best: Double?) -> DataTable.Cell {
    guard let score, let mean = score.mean else { return DataTable.Cell("–") }
    let deviation = score.deviation.map { " ± \(($0 * 100).fixed(2))" } ?? ""
    let ended = score.seeds.count { $0.run?.score != nil }
    let missing = ended < score.seeds.count ? " (\(ended) of \(score.seeds.count))" : ""
    return DataTable.Cell(
      (mean * 100).fixed(2) + deviation + missing, value: mean, isBest: mean == best)
  }

  /// A chart for each task: every method's mean, and its deviation as a range.
  private var chart: HTML {
    .charts(
      tasks.map { task in
        BarChart(
          title: "\(task): \(report.rows.compactMap { $0.tasks[task]?.metric }.first ?? "score")",
          bars: report.rows.compactMap { row in
            guard let score = row.tasks[task], let mean = score.mean else { return nil }
            return BarChart.Bar(
              name: name(row), value: mean * 100,
              ends: score.deviation.map { ((mean - $0) * 100, (mean + $0) * 100) },
              text: (mean * 100).fixed(2))
          }
        ).html
      })
  }

  private var differences: [HTML] {
    tasks.flatMap { task in
      Set(report.rows.map(\.model)).sorted().compactMap { model in
        PairedDifference.table(
          "\(model), \(task): differences seed by seed, times 100",
          report.rows.filter { $0.model == model }.compactMap { row in
            guard let seeds = row.tasks[task]?.seeds else { return nil }
            let pairs = seeds.compactMap { seed in
              seed.run?.score.map { (seed.seed, $0 * 100) }
            }
            let density = row.density.map { ", \(($0 * 100).short) %" } ?? ""
            return (row.method + density, Dictionary(pairs) { $1 })
          }, digits: 2)
      }
    }
  }

  private var costs: HTML {
    DataTable(
      caption: "Validation loss, time and memory: means over seeds",
      columns: [
        "Model and method", "Task", "Rate", "Runs", "Validation loss", "Kept step", "Seconds",
        "Tokens/s", "Matrices, MB", "Process, MB",
      ],
      rows: report.rows.flatMap { row in
        row.tasks.sorted { $0.key < $1.key }.map { task, score in
          let figures = score.seeds.compactMap { $0.run?.figures }
          func mean(_ digits: Int, _ value: (RunReport) -> Double?) -> DataTable.Cell {
            DataTable.Cell(Sample(figures.compactMap(value)).mean, digits: digits)
          }
          return [
            DataTable.Cell(name(row)), DataTable.Cell(task),
            DataTable.Cell(
              score.learningRate.map { $0.short } ?? "–", value: score.learningRate),
            DataTable.Cell(figures.count), mean(4) { $0.metrics[Metric.loss.rawValue] },
            mean(0) { Double($0.bestStep) }, mean(1) { $0.trainingSeconds + $0.preliminarySeconds },
            mean(0) { $0.tokensPerSecond },
            mean(1) { $0.peakMemory["total"].map { Double($0) / 1e6 } },
            mean(1) { Double($0.peakProcessMemory) / 1e6 },
          ]
        }
      }
    ).html
  }

  /// The learning rates that were tried; nil where there was only one.
  private var rates: HTML? {
    let rows = report.rows.flatMap { row in
      row.tasks.sorted { $0.key < $1.key }.flatMap { task, score in
        score.tried.map { tried in
          [
            DataTable.Cell(name(row)), DataTable.Cell(task),
            DataTable.Cell(
              tried.learningRate.short, value: tried.learningRate,
              isBest: tried.learningRate == score.learningRate),
            DataTable.Cell(tried.score.map { $0 * 100 }, digits: 2),
          ]
        }
      }
    }
    guard !rows.isEmpty else { return nil }
    return DataTable(
      caption: "Learning rates, tried with one seed; the star has the one that was chosen",
      columns: ["Model and method", "Task", "Rate", "Score"], rows: rows
    ).html
  }
}

import Experiments
import Metrics
import Training

/// All that is known of one run.
struct RunSection {
  let name: String
  let run: FinishedRun
  /// Whether its curves are shown; several runs have them in common.
  var hasCharts = true

  private var figures: RunReport { run.figures }

  var section: PageSection { PageSection(title: name, content: content) }

  private var content: [HTML] {
    [.facts(facts)] + command
      + (hasCharts ? [RunCharts(runs: [(figures.method, run)]).html] : [])
      + [metrics] + classes + mistakes + [memory] + settings
  }

  private var facts: [(name: String, value: String)] {
    var facts = [("Task", figures.task), ("Method", figures.method)]
    if let metric = figures.metric, let score = figures.score {
      facts.append((metric, score.fixed(4)))
    }
    if let share = figures.majorityShare { facts.append(("Majority label", share.fixed(4))) }
    return facts + [
      ("Steps", "\(figures.steps), kept \(figures.bestStep)"), ("Epochs", figures.epochs.fixed(2)),
      ("Trainable parameters", "\(figures.trainableParameters)"), ("Seed", "\(figures.seed)"),
      ("Tokens/s", figures.tokensPerSecond.fixed(0)),
      ("Seconds in steps", figures.trainingSeconds.fixed(1)),
      ("Memory of matrices, MB", megabytes(figures.peakMemory["total"] ?? 0)),
      ("Memory of the process, MB", megabytes(figures.peakProcessMemory)),
    ]
  }

  private func megabytes(_ bytes: Int) -> String { (Double(bytes) / 1e6).fixed(1) }

  private var command: [HTML] {
    figures.command.map { [.heading("Command"), .command($0)] } ?? []
  }

  private var metrics: HTML {
    let names = Metric.allCases.map(\.rawValue).filter { figures.metrics[$0] != nil }
    guard !names.isEmpty else { return .paragraph("The run had no validation data.") }
    let before = figures.before ?? [:]
    return DataTable(
      caption: "Metrics of the kept model on the validation data",
      columns: ["Metric", "Value"] + (before.isEmpty ? [] : ["Before training"]),
      rows: names.map { name in
        [DataTable.Cell(name), DataTable.Cell(figures.metrics[name], digits: 4)]
          + (before.isEmpty ? [] : [DataTable.Cell(before[name], digits: 4)])
      }
    ).html
  }

  private var classes: [HTML] { figures.classes.map { ClassTables(report: $0).html } ?? [] }

  private var mistakes: [HTML] {
    guard let list = run.mistakes else { return [] }
    let title = HTML.heading("The most confident mistakes")
    guard !list.isEmpty else { return [title, .paragraph("There are none.")] }
    let hasPairs = list.contains { $0.pair != nil }
    return [
      title,
      DataTable(
        caption: "Validation examples with a wrong answer, the most confident first",
        columns: ["Example", "Text"] + (hasPairs ? ["Second text"] : [])
          + ["Expected", "Predicted", "Probability"],
        rows: list.map { mistake in
          [DataTable.Cell(mistake.example), DataTable.Cell(mistake.text)]
            + (hasPairs ? [DataTable.Cell(mistake.pair ?? "–")] : [])
            + [
              DataTable.Cell(mistake.expected), DataTable.Cell(mistake.predicted),
              DataTable.Cell(mistake.probability, digits: 4),
            ]
        }
      ).html,
    ]
  }

  private var memory: HTML {
    let kinds = figures.peakMemory.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return .charts([
      BarChart(
        title: "Peaks of memory by kind",
        bars: kinds.map {
          BarChart.Bar(name: $0.key, value: Double($0.value), text: "\(megabytes($0.value)) MB")
        }
      ).html,
      figures.trainableByPart.flatMap { parts in
        BarChart(
          title: "Trainable parameters by part",
          bars: parts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            BarChart.Bar(name: $0.key, value: Double($0.value), text: "\($0.value)")
          }
        ).html
      },
    ])
  }

  private var settings: [HTML] {
    guard let settings = run.settings else { return [] }
    return [
      .folded(
        "Settings",
        [
          DataTable(
            caption: "Settings of the run", columns: ["Setting", "Value"],
            rows: settings.sorted { $0.key < $1.key }.map {
              [DataTable.Cell($0.key), DataTable.Cell($0.value)]
            }
          ).html
        ])
    ]
  }
}

import Experiments
import Metrics
import Training

/// Several runs beside each other: their curves, their figures and, where runs differ in their seed alone, means, deviations
/// and differences seed by seed.
struct RunComparison {
  /// The runs, each with what tables call it.
  let runs: [(name: String, run: FinishedRun)]

  /// Runs that differ in their seed alone.
  private struct Group {
    let settings: [String: String]
    let task: String
    let metric: String
    var runs: [FinishedRun]

    func hasPlace(for run: FinishedRun) -> Bool {
      settings == run.settingsButSeed && task == run.figures.task
        && metric == run.figures.metric
    }
  }

  var section: PageSection {
    PageSection(
      title: "Comparison of \(runs.count) runs",
      content: [RunCharts(runs: runs).html, table] + groups)
  }

  private var table: HTML {
    let metrics = Metric.allCases.map(\.rawValue).filter { metric in
      runs.contains { $0.run.figures.metrics[metric] != nil }
    }
    return DataTable(
      caption: "Figures of the runs",
      columns: ["Run", "Method", "Seed"] + metrics + [
        "Steps", "Kept step", "Trainable", "Tokens/s", "Seconds", "Matrices, MB", "Process, MB",
      ],
      rows: runs.map { name, run in
        let figures = run.figures
        return [
          DataTable.Cell(name), DataTable.Cell(figures.method),
          DataTable.Cell("\(figures.seed)", value: Double(figures.seed)),
        ] + metrics.map { DataTable.Cell(figures.metrics[$0], digits: 4) } + [
          DataTable.Cell(figures.steps), DataTable.Cell(figures.bestStep),
          DataTable.Cell(figures.trainableParameters),
          DataTable.Cell(figures.tokensPerSecond, digits: 0),
          DataTable.Cell(figures.trainingSeconds + figures.preliminarySeconds, digits: 1),
          DataTable.Cell(figures.peakMemory["total"].map { Double($0) / 1e6 }, digits: 1),
          DataTable.Cell(Double(figures.peakProcessMemory) / 1e6, digits: 1),
        ]
      }
    ).html
  }

  private var groups: [HTML] {
    var groups: [Group] = []
    for run in runs.map(\.run) where run.figures.score != nil {
      if let place = groups.firstIndex(where: { $0.hasPlace(for: run) }) {
        groups[place].runs.append(run)
      } else {
        groups.append(
          Group(
            settings: run.settingsButSeed, task: run.figures.task,
            metric: run.figures.metric ?? "", runs: [run]))
      }
    }
    let names = Self.names(of: groups)
    var parts: [HTML] = []
    for metric in Set(groups.map(\.metric)).sorted() {
      let some = zip(names, groups).filter { $0.1.metric == metric }
      guard some.contains(where: { $0.1.runs.count > 1 }) || some.count > 1 else { continue }
      parts += compare(some.map { ($0.0, $0.1) }, metric)
    }
    return parts
  }

  private func compare(_ groups: [(name: String, group: Group)], _ metric: String) -> [HTML] {
    let samples = groups.map { Sample($0.group.runs.compactMap(\.figures.score)) }
    let higherIsBetter = Metric(rawValue: metric)?.higherIsBetter ?? true
    let means = samples.compactMap(\.mean)
    let best = higherIsBetter ? means.max() : means.min()
    let table = DataTable(
      caption: "\(metric): means over seeds",
      columns: ["Settings", "Runs", "Mean", "Deviation", "Least", "Greatest"],
      rows: zip(groups, samples).map { group, sample in
        var mean = DataTable.Cell(sample.mean, digits: 4)
        mean.isBest = groups.count > 1 && sample.mean == best
        return [
          DataTable.Cell(group.name), DataTable.Cell(sample.values.count), mean,
          DataTable.Cell(sample.deviation, digits: 4),
          DataTable.Cell(sample.values.min(), digits: 4),
          DataTable.Cell(sample.values.max(), digits: 4),
        ]
      }
    ).html
    let differences = PairedDifference.table(
      "\(metric): differences seed by seed",
      groups.map { name, group in
        let pairs = group.runs.compactMap { run in
          run.figures.score.map { (run.figures.seed, $0) }
        }
        return (name, Dictionary(pairs) { $1 })
      }, digits: 4, higherIsBetter: higherIsBetter)
    return [.heading("Over seeds"), table] + [differences].compactMap { $0 }
  }

  /// Each group by its method and by the settings in which groups of this method differ.
  private static func names(of groups: [Group]) -> [String] {
    groups.map { group in
      let alike = groups.filter { $0.settings["method"] == group.settings["method"] }
      let keys = Set(alike.flatMap(\.settings.keys)).filter { key in
        Set(alike.map { $0.settings[key] }).count > 1
      }
      let tasks = Set(groups.map(\.task)).count > 1 ? ["\(group.task):"] : []
      let values = keys.sorted().map { "\($0) \(group.settings[$0] ?? "none")" }
      return (tasks + [group.settings["method"] ?? ""] + [values.joined(separator: ", ")])
        .filter { !$0.isEmpty }.joined(separator: " ")
    }
  }
}

import Experiments
import Metrics

/// A search of hyper-parameters: what its trials reached, over their order and over each parameter.
struct SearchSection {
  let title: String
  let search: FinishedSearch

  private struct Scored {
    let trial: FinishedSearch.Trial
    let score: Double
  }

  private var scored: [Scored] {
    search.trials.compactMap { trial in
      trial.run?.figures.score.map { Scored(trial: trial, score: $0) }
    }
  }

  private var metric: String {
    search.trials.lazy.compactMap { $0.run?.figures.metric }.first ?? "score"
  }

  private var higherIsBetter: Bool { Metric(rawValue: metric)?.higherIsBetter ?? true }

  /// Of equals the first.
  private var best: Scored? {
    scored.dropFirst().reduce(scored.first) { best, next in
      guard let best else { return next }
      return (higherIsBetter ? next.score > best.score : next.score < best.score) ? next : best
    }
  }

  private var flags: [String] { Set(search.trials.flatMap(\.record.parameters.keys)).sorted() }

  var section: PageSection {
    PageSection(title: title, content: [summary] + command + [charts, table])
  }

  private var summary: HTML {
    .facts(
      [
        ("Study", search.study), ("Trials", "\(search.trials.count)"),
        ("Failed", "\(search.trials.count { $0.run == nil })"),
      ]
        + (best.map {
          [("Best \(metric)", $0.score.fixed(4)), ("Best trial", "\($0.trial.record.number)")]
        } ?? []))
  }

  private var command: [HTML] {
    guard let words = best?.trial.run?.figures.command else { return [] }
    return [.heading("Command of the best trial"), .command(words)]
  }

  private var charts: HTML {
    var reached: [(x: Double, y: Double)] = []
    for one in scored {
      let before = reached.last?.y ?? one.score
      let now = higherIsBetter ? max(before, one.score) : min(before, one.score)
      reached.append((Double(one.trial.record.number), now))
    }
    let order = LineChart(
      title: "\(metric) by trial", names: ("trial", metric),
      curves: [
        Curve(
          name: "trial", points: scored.map { (Double($0.trial.record.number), $0.score) },
          shape: .points, hasMarks: true), Curve(name: "best so far", points: reached),
      ])
    return .charts([order.html] + flags.map(chart))
  }

  /// The scores over one parameter; nil where its values are no numbers or all the same.
  private func chart(_ flag: String) -> HTML? {
    let points = scored.compactMap { one in
      one.trial.record.parameters[flag].flatMap { Double($0) }.map { (x: $0, y: one.score) }
    }
    let values = points.map(\.x)
    guard points.count == scored.count, Set(values).count > 1, let least = values.min(),
      let greatest = values.max()
    else { return nil }
    return LineChart(
      title: "\(metric) by \(flag)", names: (flag, metric),
      curves: [
        Curve(
          name: flag, points: points.sorted { $0.x < $1.x }, shape: .points, hasMarks: true)
      ], isLogarithmic: (x: least > 0 && greatest / least > 30, y: false)
    ).html
  }

  private var table: HTML {
    let number = best?.trial.record.number
    return DataTable(
      caption: "Trials", columns: ["Trial", metric] + flags + ["Steps", "Seconds"],
      rows: search.trials.map { trial in
        let figures = trial.run?.figures
        var score =
          figures == nil ? DataTable.Cell("failed") : DataTable.Cell(figures?.score, digits: 4)
        score.isBest = trial.record.number == number
        return [DataTable.Cell(trial.record.number), score]
          + flags.map { flag in
            let text = trial.record.parameters[flag] ?? "–"
            return DataTable.Cell(text, value: Double(text))
          } + [
            DataTable.Cell(figures?.steps), DataTable.Cell(figures?.trainingSeconds, digits: 1),
          ]
      }
    ).html
  }
}

import Datasets

/// The results of a comparison as the paper lays them out (tables 4, 9 and 10, and 11 and 12 where a method has
/// several densities), and what its runs cost.
public struct GLUETables: Sendable {
  let rows: [GLUERow]
  let columns: [GLUEColumn]

  /// The tables of results, which may still be incomplete.
  public init(_ results: GLUEResults) {
    rows = GLUERow.rows(of: results)
    columns = GLUEColumn.columns(of: results)
  }

  /// A row for each model and method: the mean ± standard deviation of each task's main metric, times 100. A method
  /// of several densities has a table of its own instead, of which they are the rows.
  public var scores: [ResultTable] {
    let ablated = rows.filter(isAblated)
    let plain = rows.filter { !isAblated($0) }
    let comparison =
      plain.isEmpty
      ? []
      : [
        table("Scores", ["Model", "Method"], plain) { [$0.model, $0.method.name] }
      ]
    let series = ablated.map(\.series).reduce(into: [GLUERow.Series]()) { all, series in
      if !all.contains(series) { all.append(series) }
    }
    return comparison
      + series.map { series in
        table(
          "\(series.model), \(series.method): scores by density", ["Density, %"],
          ablated.filter { $0.series == series }
        ) { [$0.method.density.map { ($0 * 100).short } ?? ""] }
      }
  }

  /// A row for each model, task and method: validation loss, time and memory, as means over the seeds.
  public var costs: ResultTable {
    ResultTable(
      title: "Validation loss, time and memory",
      columns: [
        "Model", "Task", "Method", "Density, %", "Rate", "Runs", "Score", "Validation loss",
        "Best step", "Seconds", "Tokens/s", "Peak of matrices, MB", "Peak of process, MB",
      ],
      rows: rows.flatMap { row in row.entries.map { row.costs(of: $0) } })
  }

  /// A row for each entry whose learning rate was chosen from several; nil where none was.
  public var learningRates: ResultTable? {
    let rows = rows.flatMap { row in
      row.entries.filter { !$0.tried.isEmpty }.map { row.rates(of: $0) }
    }
    guard !rows.isEmpty else { return nil }
    return ResultTable(
      title: "Learning rates, tried with one seed",
      columns: ["Model", "Task", "Method", "Density, %", "Scores", "Chosen"], rows: rows)
  }

  /// All tables.
  public var markdown: String {
    (scores + [costs] + [learningRates].compactMap { $0 }).map(\.markdown).joined(separator: "\n")
  }

  /// The scores as numbers, in one table: density as a column, mean and deviation apart.
  public var csv: String {
    let lead = [
      "model", "method", "density", "trainable_parameters", "trainable_per_mlp_weight", "average",
    ]
    let titles = columns.flatMap { [$0.title, "\($0.title) deviation", "\($0.title) runs"] }
    let rows = rows.map { $0.numbers(columns) }
    return ResultTable(title: "", columns: lead + titles, rows: rows).csv
  }

  /// What the most frequent label scores when it is the answer to everything: the share of the validation data that has
  /// it, or 0 where the metric is a correlation. Nil while no run says what share that is.
  private func constantAnswers(lead: Int) -> [String]? {
    let scores = columns.map { column -> Double? in
      guard column.isAveraged else { return nil }
      guard column.task.metrics[0] == .accuracy else { return 0 }
      return rows.flatMap(\.entries).filter { $0.entry.task == column.task }
        .flatMap(\.records).lazy.compactMap { $0.figures?.majorityShare }.first
    }
    let averaged = zip(columns, scores).filter { $0.0.isAveraged }.map(\.1)
    guard averaged.contains(where: { $0 ?? 0 > 0 }) else { return nil }
    let known = averaged.compactMap { $0 }
    let average = known.count == averaged.count ? Sample(known).mean : nil
    return ["majority label"] + Array(repeating: "-", count: lead + 1)
      + ([average] + scores).map { $0.map { ($0 * 100).fixed(2) } ?? "-" }
  }

  private func isAblated(_ row: GLUERow) -> Bool {
    rows.count { $0.series == row.series } > 1
  }

  private func table(
    _ title: String, _ names: [String], _ rows: [GLUERow], lead: (GLUERow) -> [String]
  ) -> ResultTable {
    ResultTable(
      title: title,
      columns: names + ["Trainable", "of each MLP weight", "AVG"] + columns.map(\.title),
      rows: rows.map { row -> [String] in
        lead(row) + [
          row.trainable.map { "\((Double($0.all) / 1e6).fixed(2)) M" } ?? "-",
          row.trainable.map { "\($0.perWeight)" } ?? "-",
          row.average(columns).map { ($0 * 100).fixed(2) } ?? "-",
        ] + columns.map(row.text)
      } + [constantAnswers(lead: names.count)].compactMap { $0 })
  }
}

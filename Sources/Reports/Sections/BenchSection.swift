import Experiments

/// Speed and memory of methods, from what `bench` has printed as JSON.
struct BenchSection {
  let title: String
  let rows: [BenchRow]

  var section: PageSection {
    PageSection(title: title, content: commands + [charts, speed, memory])
  }

  /// Results of several commands may have been put together.
  private var commands: [HTML] {
    let commands = rows.compactMap(\.command)
    guard !commands.isEmpty else { return [] }
    let different = commands.enumerated().filter { place, command in
      !commands[..<place].contains(command)
    }
    return [.heading("Command")] + different.map { .command($0.element) }
  }

  private func name(_ row: BenchRow) -> String { "\(row.method), \(row.precision), \(row.size)" }

  private func megabytes(_ bytes: Int?) -> Double? { bytes.map { Double($0) / 1e6 } }

  private var charts: HTML {
    .charts([
      BarChart(
        title: "Tokens/s: the median, and the extremes of the steps",
        bars: rows.map { row in
          BarChart.Bar(
            name: name(row), value: row.tokens_per_second,
            ends: (row.tokens_per_second_min, row.tokens_per_second_max),
            text: row.tokens_per_second.fixed(0))
        }
      ).html,
      BarChart(
        title: "Peak of memory of matrices, MB",
        bars: rows.map { row in
          let value = megabytes(row.peak_memory["total"]) ?? 0
          return BarChart.Bar(name: name(row), value: value, text: value.fixed(1))
        }
      ).html,
    ])
  }

  /// Every result beside the first of the same model, precision and step.
  private var speed: HTML {
    DataTable(
      caption: "Speed",
      columns: [
        "Method", "Model", "Precision", "Step", "Steps/s", "Tokens/s", "Least", "Greatest",
        "Relative to the first", "Useful FLOP/s ÷ peak", "Preliminary phase, s", "Trainable",
        "Steps timed",
      ],
      rows: rows.map { row in
        let first = rows.first {
          ($0.settings.model, $0.precision, $0.size)
            == (row.settings.model, row.precision, row.size)
        }
        return [
          DataTable.Cell(row.method), DataTable.Cell(row.settings.model),
          DataTable.Cell(row.precision), DataTable.Cell(row.size),
          DataTable.Cell(row.steps_per_second, digits: 3),
          DataTable.Cell(row.tokens_per_second, digits: 0),
          DataTable.Cell(row.tokens_per_second_min, digits: 0),
          DataTable.Cell(row.tokens_per_second_max, digits: 0),
          DataTable.Cell(first.map { row.tokens_per_second / $0.tokens_per_second }, digits: 3),
          DataTable.Cell(row.flop_fraction, digits: 2),
          DataTable.Cell(row.preliminary_seconds, digits: 1),
          DataTable.Cell(row.trainable_parameters),
          DataTable.Cell(Double(row.steps) * Double(row.repeats), digits: 0),
        ]
      }
    ).html
  }

  private var memory: HTML {
    let kinds = Set(rows.flatMap(\.peak_memory.keys)).sorted {
      ($0 == "total" ? 1 : 0, $0) < ($1 == "total" ? 1 : 0, $1)
    }
    return DataTable(
      caption: "Peaks of memory, MB", columns: ["Method"] + kinds + ["process"],
      rows: rows.map { row in
        [DataTable.Cell(name(row))]
          + kinds.map { DataTable.Cell(megabytes(row.peak_memory[$0]), digits: 1) } + [
            DataTable.Cell(megabytes(row.peak_process_memory), digits: 1)
          ]
      }
    ).html
  }
}

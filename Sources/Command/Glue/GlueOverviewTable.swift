import SparseGrad

/// The state of every entry of a comparison: how many runs have ended, and the best score.
struct GlueOverviewTable {
  let lines: [String]

  init(_ progress: GLUEProgress) {
    var tasks: [GLUETask] = []
    var rows: [(name: String, places: [GLUEProgress.Place])] = []
    for place in progress.places {
      let entry = place.entry
      if !tasks.contains(entry.task) { tasks.append(entry.task) }
      let density = entry.method.density.map { " \($0)" } ?? ""
      let name = "\(entry.model) \(entry.method.name)\(density)"
      if let index = rows.firstIndex(where: { $0.name == name }) {
        rows[index].places.append(place)
      } else {
        rows.append((name, [place]))
      }
    }
    let names = rows.reduce(0) { max($0, $1.name.count) }
    func line(_ name: String, _ cells: [String]) -> String {
      name.padding(to: names) + "  " + cells.map { $0.padding(to: 12) }.joined(separator: " ")
    }
    lines =
      [line("", tasks.map(\.folder))]
      + rows.map { row in
        line(
          row.name,
          tasks.map { task in
            row.places.first { $0.entry.task == task }.map {
              Self.text($0, isRunning: progress.current?.entry == $0.entry)
            } ?? ""
          })
      }
  }

  private static func text(_ place: GLUEProgress.Place, isRunning: Bool) -> String {
    let count = "\(isRunning ? ">" : "")\(place.ended)/\(place.total)"
    if let best = place.best { return "\(count) \((best * 100).fixed(2))" }
    return place.diverged > 0 ? "\(count) diverged" : count
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

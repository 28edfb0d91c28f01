extension StepProfile {
  /// Time by part and phase, and by operation.
  /// - Parameter productPeak: floating-point operations per second.
  func tables(_ title: String, productPeak: Double) -> [ResultTable] {
    [byPart("\(title): time by part"), byWork("\(title): time by work", productPeak)]
  }

  private func byPart(_ title: String) -> ResultTable {
    let phases = ["forward", "backward", "update"]
    let parts = unique(entries.map { $0.part ?? "rest" })
    func row(_ name: String, _ entries: [Entry]) -> [String] {
      let total = entries.reduce(0) { $0 + $1.seconds }
      return [name]
        + phases.map { phase in
          let some = entries.filter { $0.phase == phase }
          return some.isEmpty ? "" : milliseconds(some.reduce(0) { $0 + $1.seconds })
        } + [milliseconds(total), percent(total)]
    }
    return ResultTable(
      title: title,
      columns: ["Part"] + phases.map { "\($0.capitalized), ms" } + ["Step, ms", "%"],
      rows: parts.map { part in row(part, entries.filter { ($0.part ?? "rest") == part }) }
        + [row("step", entries)])
  }

  private func byWork(_ title: String, _ productPeak: Double) -> ResultTable {
    let works = unique(entries.map(\.work)).map { work in
      (work, entries.filter { $0.work == work })
    }
    .sorted { seconds($0.1) > seconds($1.1) }
    return ResultTable(
      title: title,
      columns: ["Work", "Operation", "Step, ms", "%", "Calls", "GFLOP/s", "÷ peak"],
      rows: works.flatMap { work, entries in
        let operations = unique(entries.map(\.operation))
        let rows = operations.map { operation in
          (operation, entries.filter { $0.operation == operation })
        }.sorted { seconds($0.1) > seconds($1.1) }.map { row("", $0, $1, productPeak) }
        return [row(work, "", entries, productPeak)] + (operations == [""] ? [] : rows)
      })
  }

  private func row(_ work: String, _ operation: String, _ some: [Entry], _ productPeak: Double)
    -> [String]
  {
    let (seconds, flops) = (seconds(some), some.reduce(0) { $0 + $1.flops })
    let speed = flops / seconds
    return [
      work, operation, milliseconds(seconds), percent(seconds),
      some.reduce(0) { $0 + $1.calls }.fixed(0), flops > 0 ? (speed / 1e9).fixed(1) : "",
      flops > 0 ? (speed / productPeak).fixed(2) : "",
    ]
  }

  private func seconds(_ entries: [Entry]) -> Double { entries.reduce(0) { $0 + $1.seconds } }

  private func milliseconds(_ seconds: Double) -> String { (seconds * 1000).fixed(2) }

  private func percent(_ seconds: Double) -> String {
    (100 * seconds / self.seconds).fixed(1)
  }

  private func unique(_ names: [String]) -> [String] {
    names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
  }
}

import Datasets

/// A column of the score tables: a task, or MNLI's mismatched validation set.
struct GLUEColumn {
  let title: String
  let task: GLUETask
  /// Whether it counts in the average: the paper's has MNLI once.
  let isAveraged: Bool
  let value: @Sendable (GLUECellRecord) -> Double?

  static func columns(of results: GLUEResults) -> [GLUEColumn] {
    var tasks: [GLUETask] = []
    for entry in results.entries where !tasks.contains(entry.entry.task) {
      tasks.append(entry.entry.task)
    }
    let mismatched = { @Sendable (record: GLUECellRecord) -> Double? in
      guard case .finished(_, let metrics) = record.outcome else { return nil }
      return metrics?[GLUETask.mnli.metrics[0].rawValue]
    }
    let hasMismatched = results.entries.flatMap(\.records).contains { mismatched($0) != nil }
    return tasks.flatMap { task in
      let main = GLUEColumn(title: task.folder, task: task, isAveraged: true) { $0.score }
      guard task == .mnli, hasMismatched else { return [main] }
      let second = GLUEColumn(
        title: "MNLI-mm", task: task, isAveraged: false, value: mismatched)
      return [main, second]
    }
  }
}

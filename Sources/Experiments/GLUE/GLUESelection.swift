import Datasets

extension GLUETask {
  /// The choice whose run has the best score on the validation data, the first of equals; nil when all diverged.
  func best<Choice>(of runs: [(Choice, GLUECellRecord)]) -> Choice? {
    var best: (choice: Choice, score: Double)?
    for (choice, record) in runs {
      guard let score = record.score else { continue }
      if best.map({ metrics[0].prefers(score, over: $0.score) }) ?? true { best = (choice, score) }
    }
    return best?.choice
  }
}

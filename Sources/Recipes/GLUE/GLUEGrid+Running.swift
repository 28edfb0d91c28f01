import Foundation
import Methods
import Support
import Training

/// What happens while a comparison runs.
public enum GLUEGridEvent: Sendable {
  /// A cell begins, or goes on where it was interrupted.
  case started(GLUECell)
  /// Something happens in the cell that was started.
  case training(TrainingEvent)
  /// A cell has ended; one that had ended before is told of in its turn, too.
  case ended(GLUECell, GLUECellRecord)
  /// An entry has ended without being trained with its seeds: no learning rate of it converged.
  case abandoned(GLUEEntry)
}

extension GLUEGrid {
  /// Runs every cell that has not ended yet, one after another. Called again after an interruption, it goes on
  /// where it was.
  /// - Parameter watch: is told of everything that happens, and may stop a run after a step.
  /// - Throws: `GLUEInterrupted` when `watch` stops a run; `InputError` for everything that cannot be used as it
  ///   is. A run that diverges is recorded and the others go on.
  public func run(
    _ watch: @escaping (GLUEGridEvent) -> TrainingDisposition = { _ in .continue }
  ) throws -> GLUEResults {
    try validate()
    for model in models {
      for task in tasks {
        let data = try GLUEData(task, in: self.data, limit: maximumTrainingSamples)
        for method in methods {
          let entry = GLUEEntry(model: model.name, task: task, method: method)
          try EntryRun(grid: self, entry: entry, model: model, data: data, watch: watch).run()
        }
      }
    }
    return try results()
  }
}

/// The runs of one table entry.
private struct EntryRun {
  let grid: GLUEGrid
  let entry: GLUEEntry
  let model: GLUEModel
  let data: GLUEData
  let watch: (GLUEGridEvent) -> TrainingDisposition

  private typealias Ended = (run: GLUECellRun, record: GLUECellRecord)

  func run() throws {
    var ended: [Ended] = []
    let tried = try grid.tuningCells(of: entry).map { cell in
      (cell.learningRate, try run(cell, &ended))
    }
    let rates = grid.learningRates(of: entry)
    guard let rate = tried.isEmpty ? rates.first : entry.task.best(of: tried) else {
      _ = watch(.abandoned(entry))
      return
    }
    for cell in grid.scoredCells(of: entry, learningRate: rate) { _ = try run(cell, &ended) }
    guard let best = best(of: ended) else { return }
    if let submission = grid.submission { try predict(best, to: submission) }
    if grid.retention == .none { best.folder.removeModel() }
  }

  private func run(_ cell: GLUECell, _ ended: inout [Ended]) throws -> GLUECellRecord {
    let run = GLUECellRun(
      folder: grid.folder(of: cell), model: model.folder, data: data,
      setup: grid.setup(
        of: cell, model, trainingExamples: data.training.examples.count,
        validationExamples: data.validation.examples.count), threads: grid.threads)
    let record: GLUECellRecord
    if let old = try run.folder.record(of: run.setup) {
      record = old
    } else {
      if watch(.started(cell)) == .stop { throw GLUEInterrupted(cell: cell) }
      do {
        record = try run.run { watch(.training($0)) }
      } catch is TrainingInterrupted {
        throw GLUEInterrupted(cell: cell)
      }
    }
    ended.append((run, record))
    tidy(ended)
    // A request to stop is heard before the next cell starts.
    _ = watch(.ended(cell, record))
    return record
  }

  /// Removes the models that will not be needed: all but the best, unless all are to stay.
  private func tidy(_ ended: [Ended]) {
    guard grid.retention != .all else { return }
    let isBestNeeded = grid.retention == .best || grid.submission != nil
    let best = isBestNeeded ? best(of: ended)?.folder.url : nil
    for (run, _) in ended where run.folder.url != best { run.folder.removeModel() }
  }

  private func best(of ended: [Ended]) -> GLUECellRun? {
    entry.task.best(of: ended.map { ($0.run, $0.record) })
  }

  private func predict(_ best: GLUECellRun, to submission: URL) throws {
    let folder = submission.appendingPathComponent(entry.model)
      .appendingPathComponent(entry.method.folder)
    if best.folder.hasModel {
      try best.predict(from: grid.data, to: folder) { _ = watch(.training($0)) }
      return
    }
    let files = entry.task.testSplits.map { GLUESubmission.fileName(entry.task, $0) }
    guard
      files.allSatisfy({
        FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
      })
    else {
      throw InputError(
        best.folder.url.path,
        "has ended and its model is gone, so it cannot predict: remove the folder to train it again"
      )
    }
  }
}

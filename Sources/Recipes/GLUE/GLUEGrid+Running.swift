import Foundation
import Methods
import Support
import Training

/// What happens while a comparison runs.
public enum GLUEGridEvent: Sendable {
  /// A cell is run by another process, and nothing else is left to do; told again and again.
  case waiting(GLUECell)
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
  /// where it was. Several processes may work on one output folder: each takes the cells that nobody has, and
  /// waits for the others' at the end.
  /// - Parameter watch: is told of everything that happens, and may stop a run after a step.
  /// - Throws: `GLUEInterrupted` when `watch` stops a run; `InputError` for everything that cannot be used as it
  ///   is. A run that diverges is recorded and the others go on.
  public func run(
    _ watch: @escaping (GLUEGridEvent) -> TrainingDisposition = { _ in .continue }
  ) throws -> GLUEResults {
    try validate()
    var open = Set(entries)
    for others in [OthersCells.left, .awaited] {
      for model in models {
        for task in tasks {
          let entries = methods.map { GLUEEntry(model: model.name, task: task, method: $0) }
            .filter(open.contains)
          guard !entries.isEmpty else { continue }
          let data = try GLUEData(task, in: self.data, limit: maximumTrainingSamples)
          for entry in entries {
            let run = EntryRun(
              grid: self, entry: entry, model: model, data: data, others: others, watch: watch)
            if try run.run() == .ended { open.remove(entry) }
          }
        }
      }
    }
    return try results()
  }
}

/// What becomes of cells that another process is running.
private enum OthersCells {
  /// They are left to it.
  case left
  /// They are waited for.
  case awaited
}

/// The runs of one table entry.
private struct EntryRun {
  let grid: GLUEGrid
  let entry: GLUEEntry
  let model: GLUEModel
  let data: GLUEData
  let others: OthersCells
  let watch: (GLUEGridEvent) -> TrainingDisposition

  private typealias Ended = (cell: GLUECell, run: GLUECellRun, record: GLUECellRecord)

  enum Standing {
    case ended
    /// Another process is at work on a cell.
    case unfinished
  }

  func run() throws -> Standing {
    var ended: [Ended] = []
    let cells = grid.tuningCells(of: entry)
    let tried = try cells.compactMap { cell in
      try run(cell, &ended).map { (cell.learningRate, $0) }
    }
    guard tried.count == cells.count else { return .unfinished }
    let rates = grid.learningRates(of: entry)
    guard let rate = tried.isEmpty ? rates.first : entry.task.best(of: tried) else {
      _ = watch(.abandoned(entry))
      return .ended
    }
    let scored = grid.scoredCells(of: entry, learningRate: rate)
    let records = try scored.compactMap { try run($0, &ended) }
    guard records.count == scored.count else { return .unfinished }
    return try finish(ended)
  }

  /// The record of a cell, which is run if it has none; nil if it is left to another process.
  private func run(_ cell: GLUECell, _ ended: inout [Ended]) throws -> GLUECellRecord? {
    let run = GLUECellRun(
      folder: grid.folder(of: cell), model: model.folder, data: data,
      setup: grid.setup(
        of: cell, model, trainingExamples: data.training.examples.count,
        validationExamples: data.validation.examples.count), threads: grid.threads,
      retention: grid.retention)
    guard let record = try run.folder.record(of: run.setup) ?? train(cell, run) else { return nil }
    ended.append((cell, run, record))
    tidy(ended)
    // A request to stop is heard before the next cell starts.
    _ = watch(.ended(cell, record))
    return record
  }

  private func train(_ cell: GLUECell, _ run: GLUECellRun) throws -> GLUECellRecord? {
    guard let lock = try claim(run, cell) else { return nil }
    return try withExtendedLifetime(lock) {
      // Another process may have ended it meanwhile.
      let record = try run.folder.record(of: run.setup) ?? newRecord(cell, run)
      run.folder.release()
      return record
    }
  }

  private func newRecord(_ cell: GLUECell, _ run: GLUECellRun) throws -> GLUECellRecord {
    if watch(.started(cell)) == .stop { throw GLUEInterrupted(cell: cell) }
    do {
      return try run.run { watch(.training($0)) }
    } catch is TrainingInterrupted {
      throw GLUEInterrupted(cell: cell)
    }
  }

  /// Keeps a cell to this process; nil if it is left to another.
  private func claim(_ run: GLUECellRun, _ cell: GLUECell) throws -> FileLock? {
    while true {
      if let lock = try run.folder.claim() { return lock }
      if others == .left { return nil }
      if watch(.waiting(cell)) == .stop { throw GLUEInterrupted(cell: cell) }
      Thread.sleep(forTimeInterval: 0.2)
    }
  }

  /// Removes the models that will not be needed: all but the best, unless all are to stay.
  private func tidy(_ ended: [Ended]) {
    let isBestNeeded = grid.retention == .best || grid.submission != nil
    let best = isBestNeeded ? best(of: ended)?.run.folder.url : nil
    for ended in ended where ended.run.folder.url != best { removeModel(of: ended) }
  }

  /// Models that an earlier call was to keep stay, whatever this one keeps.
  private func removeModel(of ended: Ended) {
    let kept = max(grid.retention, ended.record.saveModels ?? .none)
    guard kept == grid.retention, kept != .all else { return }
    ended.run.folder.removeModel()
  }

  private func best(of ended: [Ended]) -> Ended? {
    entry.task.best(of: ended.map { ($0, $0.record) })
  }

  /// What is left to do when all cells have ended.
  private func finish(_ ended: [Ended]) throws -> Standing {
    guard let best = best(of: ended), grid.submission != nil || grid.retention == .none else {
      return .ended
    }
    // Another process may be using the model.
    guard let lock = try claim(best.run, best.cell) else { return .unfinished }
    try withExtendedLifetime(lock) {
      if let submission = grid.submission { try predict(best.run, to: submission) }
      if grid.retention == .none { removeModel(of: best) }
      best.run.folder.release()
    }
    return .ended
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

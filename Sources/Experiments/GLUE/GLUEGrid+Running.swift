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
    guard let records = try run(cells, &ended) else { return .unfinished }
    let tried = zip(cells, records).map { ($0.learningRate, $1) }
    let rates = grid.learningRates(of: entry)
    guard let rate = tried.isEmpty ? rates.first : entry.task.best(of: tried) else {
      _ = watch(.abandoned(entry))
      return .ended
    }
    let scored = grid.scoredCells(of: entry, learningRate: rate)
    guard try run(scored, &ended) != nil else { return .unfinished }
    return try finish(ended)
  }

  /// The records of cells; nil if one is left to another process. None is waited for while another can be run.
  private func run(_ cells: [GLUECell], _ ended: inout [Ended]) throws -> [GLUECellRecord]? {
    while true {
      var (round, others) = (ended, [GLUECell]())
      let records = try cells.compactMap { cell in
        let record = try run(cell, &round)
        if record == nil { others.append(cell) }
        return record
      }
      guard let other = others.first else {
        ended = round
        return records
      }
      guard try waits(for: other) else { return nil }
    }
  }

  /// Whether a cell that another process runs is waited for, which has been done for a moment then.
  private func waits(for cell: GLUECell) throws -> Bool {
    guard others == .awaited else { return false }
    if watch(.waiting(cell)) == .stop { throw GLUEInterrupted(cell: cell) }
    Thread.sleep(forTimeInterval: 0.5)
    return true
  }

  /// The record of a cell, which is run if it has none; nil if another process runs it.
  private func run(_ cell: GLUECell, _ ended: inout [Ended]) throws -> GLUECellRecord? {
    let run = GLUECellRun(
      folder: grid.folder(of: cell), model: model.folder, data: data,
      setup: grid.setup(of: cell, model, data.identity), threads: grid.threads,
      retention: grid.retention)
    guard let record = try run.folder.record(of: run.setup) ?? train(cell, run) else { return nil }
    ended.append((cell, run, record))
    tidy(ended)
    // A request to stop is heard before the next cell starts.
    _ = watch(.ended(cell, record))
    return record
  }

  private func train(_ cell: GLUECell, _ run: GLUECellRun) throws -> GLUECellRecord? {
    guard let lock = try run.folder.claim() else { return nil }
    defer { withExtendedLifetime(lock) { run.folder.release() } }
    // Another process may have ended it meanwhile.
    if let record = try run.folder.record(of: run.setup) { return record }
    if watch(.started(cell)) == .stop { throw GLUEInterrupted(cell: cell) }
    do {
      return try run.run { watch(.training($0)) }
    } catch is TrainingInterrupted {
      throw GLUEInterrupted(cell: cell)
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
    // Of older records nobody knows.
    guard grid.retention != .all, ended.record.saveModels ?? .all <= grid.retention else { return }
    ended.run.folder.removeModel()
  }

  private func best(of ended: [Ended]) -> Ended? {
    entry.task.best(of: ended.map { ($0, $0.record) })
  }

  /// Predicts with the best model, when all cells have ended.
  private func finish(_ ended: [Ended]) throws -> Standing {
    guard let best = best(of: ended), let submission = grid.submission else { return .ended }
    // Another process may be using the model.
    while true {
      if let lock = try best.run.folder.claim() {
        defer { withExtendedLifetime(lock) { best.run.folder.release() } }
        try predict(best.run, to: submission)
        if grid.retention == .none { removeModel(of: best) }
        return .ended
      }
      guard try waits(for: best.cell) else { return .unfinished }
    }
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

import Datasets
import Foundation

/// What is known of a comparison: the records of its runs, by place in the table.
public struct GLUEResults: Sendable {
  /// One place of the table.
  public struct Entry: Sendable {
    /// Which.
    public let entry: GLUEEntry
    /// The learning rates that were compared, with their runs; nil where that has not ended. Empty where there is
    /// only one.
    public let tried: [(learningRate: Double, record: GLUECellRecord?)]
    /// The learning rate of the runs; nil until it is chosen.
    public let learningRate: Double?
    /// The runs with each seed; nil where one has not ended.
    public let runs: [(seed: UInt64, record: GLUECellRecord?)]
  }

  /// The entries, in the order of the grid.
  public let entries: [Entry]

  /// Puts results together.
  public init(_ entries: [Entry]) { self.entries = entries }

  /// Whether no run has ended.
  public var isEmpty: Bool {
    entries.allSatisfy { entry in
      entry.tried.allSatisfy { $0.record == nil } && entry.runs.allSatisfy { $0.record == nil }
    }
  }

  /// How many runs diverged that a score was to be made of; an entry whose learning rates all diverged counts as
  /// one.
  public var failures: Int { entries.reduce(0) { $0 + $1.failures } }
}

extension GLUEResults.Entry {
  /// Figures of the runs that have ended well.
  var records: [GLUECellRecord] { runs.compactMap(\.record).filter { $0.figures != nil } }

  /// The mean and deviation of the main metric.
  var score: Sample { Sample(records.compactMap(\.score)) }

  var isComplete: Bool { records.count == runs.count }

  /// Whether all that has ended diverged.
  var hasDiverged: Bool { records.isEmpty && failures > 0 }

  var failures: Int {
    let runs = runs.count { $0.record?.hasDiverged ?? false }
    let allRatesDiverged = !tried.isEmpty && tried.allSatisfy { $0.record?.hasDiverged ?? false }
    return allRatesDiverged ? 1 : runs
  }
}

extension GLUECellRecord {
  fileprivate var hasDiverged: Bool { figures == nil }
}

extension GLUEGrid {
  /// What the output folder holds of this comparison so far. The data is not looked at.
  /// - Throws: `InputError` naming the flag that cannot be used, or a record that cannot be read or is of a run with
  ///   other settings.
  public func results() throws -> GLUEResults {
    try validateSettings()
    return GLUEResults(
      try entries.map { entry in
        let tried = try tuningCells(of: entry).map { cell in
          (learningRate: cell.learningRate, record: try outcome(of: cell))
        }
        let ended = tried.compactMap { rate, record in record.map { (rate, $0) } }
        let rates = learningRates(of: entry)
        // A rate is chosen when all have been tried.
        let rate =
          tried.isEmpty
          ? rates.first : ended.count == tried.count ? entry.task.best(of: ended) : nil
        let runs = try seeds.map { seed in
          let record = try rate.flatMap {
            try outcome(of: GLUECell(entry: entry, learningRate: $0, seed: seed))
          }
          return (seed: seed, record: record)
        }
        return GLUEResults.Entry(entry: entry, tried: tried, learningRate: rate, runs: runs)
      })
  }

  /// The record of a cell that has ended, whatever its data.
  private func outcome(of cell: GLUECell) throws -> GLUECellRecord? {
    let folder = folder(of: cell)
    guard let model = model(of: cell.entry), let record = try folder.record() else { return nil }
    return try folder.checked(record, of: setup(of: cell, model, record.setup.data))
  }
}

import Foundation

/// Where a comparison stands: how much of each entry has ended, and how long the rest may take.
public struct GLUEProgress: Sendable {
  /// One place of the table.
  public struct Place: Sendable {
    /// Which.
    public let entry: GLUEEntry
    /// How many runs it takes.
    public let total: Int
    /// How many have ended, those that diverged among them.
    public internal(set) var ended = 0
    /// How many diverged.
    public internal(set) var diverged = 0
    /// The best score so far.
    public internal(set) var best: Double?
  }

  /// All places, in the order of the grid.
  public private(set) var places: [Place]
  /// The cell that runs now.
  public private(set) var current: GLUECell?
  private var secondsLeftOfCurrent: Double?
  private var durations: [(model: String, task: String, seconds: Double)] = []
  private var seen: Set<GLUECell> = []

  /// The beginning of a comparison.
  public init(_ grid: GLUEGrid) {
    places = grid.entries.map { entry in
      let tuning = grid.tuningCells(of: entry).count
      // The winner's run with the tuning seed is not repeated.
      let shared = tuning > 0 && grid.seeds.contains(grid.recipe.tuningSeed) ? 1 : 0
      return Place(entry: entry, total: tuning + grid.seeds.count - shared)
    }
  }

  /// How many runs there are.
  public var total: Int { places.reduce(0) { $0 + $1.total } }

  /// How many have ended.
  public var ended: Int { places.reduce(0) { $0 + $1.ended } }

  /// Seconds left, from the runs so far: those of the same model and task count, or all if there are none. Nil
  /// before the first has ended.
  public var secondsLeft: Double? {
    guard let average = Sample(durations.map(\.seconds)).mean else { return nil }
    let all = places.reduce(0.0) { sum, place in
      let same = durations.filter {
        $0.model == place.entry.model && $0.task == place.entry.task.rawValue
      }
      let each = Sample(same.map(\.seconds)).mean ?? average
      let left = place.total - place.ended - (place.entry == current?.entry ? 1 : 0)
      return sum + each * Double(max(0, left))
    }
    return all + (current == nil ? 0 : secondsLeftOfCurrent ?? average)
  }

  /// Takes in what happened.
  public mutating func update(_ event: GLUEGridEvent) {
    switch event {
    case .started(let cell): (current, secondsLeftOfCurrent) = (cell, nil)
    case .training(.step(let step)): secondsLeftOfCurrent = step.secondsLeft
    case .training, .waiting: break
    case .ended(let cell, let record): end(cell, record)
    case .abandoned(let entry):
      guard let index = places.firstIndex(where: { $0.entry == entry }) else { return }
      places[index].ended = places[index].total
    }
  }

  private mutating func end(_ cell: GLUECell, _ record: GLUECellRecord) {
    current = nil
    guard seen.insert(cell).inserted,
      let index = places.firstIndex(where: { $0.entry == cell.entry })
    else { return }
    durations.append((cell.entry.model, cell.entry.task.rawValue, record.seconds))
    places[index].ended += 1
    guard let score = record.score else {
      places[index].diverged += 1
      return
    }
    let metric = cell.entry.task.metrics[0]
    if places[index].best.map({ metric.prefers(score, over: $0) }) ?? true {
      places[index].best = score
    }
  }
}

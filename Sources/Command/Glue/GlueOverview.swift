import Foundation
import SparseGrad

/// Shows where a comparison stands: on a terminal a table that changes in place, elsewhere a line for every run.
final class GlueOverview {
  private let style: ProgressReporter.Style
  private var progress: GLUEProgress
  private var step = ""
  private var evaluation = ""
  /// How many lines of the table are on the screen.
  private var shownLines = 0
  private var lastDraw = ContinuousClock.now
  private var lastLine = ContinuousClock.now
  private var seenNotices: Set<String> = []

  init(_ grid: GLUEGrid, _ style: ProgressReporter.Style) {
    self.style = style
    progress = GLUEProgress(grid)
  }

  /// - Throws: `InputError` when standard output cannot be written, in the style of JSON.
  func report(_ event: GLUEGridEvent) throws {
    let isRunning = progress.current != nil
    progress.update(event)
    switch event {
    case .waiting(let cell): try wait(for: cell)
    case .started(let cell): try start(cell)
    case .training(let event): try show(event)
    case .ended(let cell, let record):
      // Those of earlier calls are in the table; as lines they would only be repeated.
      if isRunning { try end(cell, record) }
    case .abandoned(let entry):
      say("\(entry.model) \(entry.task.folder) \(entry.method.name): no learning rate converged")
    }
    if style == .live { draw(atOnce: isRunning != (progress.current != nil)) }
  }

  /// Says something that stays.
  func say(_ line: String) {
    guard style == .live || style == .lines else { return }
    erase()
    Console.note(line + "\n")
  }

  /// Takes the table off the screen.
  func finish() { erase() }

  private func wait(for cell: GLUECell) throws {
    guard seenNotices.insert(cell.path).inserted else { return }
    if style == .json { return try Console.printJSON(CellLine("cell_waiting", cell)) }
    say("\(cell.title): another process runs it, waiting")
  }

  private func start(_ cell: GLUECell) throws {
    (step, evaluation) = ("", "")
    if style == .json { return try Console.printJSON(CellLine("cell_started", cell)) }
    if style == .lines {
      Console.note("run \(progress.ended + 1) of \(progress.total): \(cell.title)\n")
    }
  }

  private func show(_ event: TrainingEvent) throws {
    if style == .json {
      return try Console.printJSON(EventLine(event, in: progress.current))
    }
    switch event {
    case .notice(let text): note(text.withFlags)
    case .head(let step, let count): self.step = "head alone: step \(step) of \(count)"
    case .basis(let step, let count, _): self.step = "basis: batch \(step) of \(count)"
    case .started: break
    case .step(let record):
      step =
        "epoch \(record.epoch.fixed(2))  loss \(record.loss.fixed(4))\(evaluation)  "
        + "\(Int(clamping: record.tokensPerSecond).grouped) tokens/s  \(record.secondsLeft.duration) left"
      if style == .lines, lastLine.duration(to: .now) > .seconds(10) {
        lastLine = .now
        Console.note("  step \(record.step)  \(step)\n")
      }
    case .evaluated(let record):
      let value = record.metrics[record.metric] ?? 0
      if record.isBest { evaluation = "  \(record.metric.rawValue) \(value.fixed(4))" }
    case .saved, .finished: break
    }
  }

  /// Notices come again and again, so each is said once.
  private func note(_ text: String) {
    if seenNotices.insert(text).inserted { say(text) }
  }

  private func end(_ cell: GLUECell, _ record: GLUECellRecord) throws {
    if style == .json { return try Console.printJSON(CellLine("cell_ended", cell, record)) }
    let result: String
    switch record.outcome {
    case .finished(let figures, _):
      let score = figures.score.map { "\(figures.metric ?? "score") \($0.fixed(4))" } ?? ""
      result = "\(score), \(figures.steps) steps in \(record.seconds.duration)"
    case .diverged(let message): result = "diverged: \(message)"
    }
    say("\(cell.title): \(result)\(style == .lines ? "; \(standing)" : "")")
  }

  private var standing: String {
    let left = progress.secondsLeft.map { ", about \($0.duration) left" } ?? ""
    return "\(progress.ended) of \(progress.total) runs have ended\(left)"
  }

  private func erase() {
    guard style == .live, shownLines > 0 else { return }
    Console.note("\u{1B}[\(shownLines)A\r\u{1B}[J")
    shownLines = 0
  }

  private func draw(atOnce: Bool) {
    guard atOnce || shownLines == 0 || lastDraw.duration(to: .now) > .milliseconds(250) else {
      return
    }
    lastDraw = .now
    let size = Terminal.size
    var lines = GlueOverviewTable(progress).lines
    // A table that does not fit could not be taken back.
    if lines.count + 3 > size.rows { lines = [] }
    lines.append(standing)
    if let cell = progress.current { lines.append("\(cell.title): \(step)") }
    erase()
    Console.note(lines.map { $0.prefix(size.columns - 1) + "\n" }.joined())
    shownLines = lines.count
  }
}

/// What becomes of a run, as an object of JSON.
private struct CellLine: Encodable {
  let event: String
  let cell: String
  let record: GLUECellRecord?

  init(_ event: String, _ cell: GLUECell, _ record: GLUECellRecord? = nil) {
    (self.event, self.cell, self.record) = (event, cell.path, record)
  }
}

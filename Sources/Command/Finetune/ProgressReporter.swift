import ArgumentParser
import Foundation
import SparseGrad

/// How much is said while something runs.
struct MessageOptions: ParsableArguments {
  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Print JSON objects, one per line.")
  var json = false

  var style: ProgressReporter.Style {
    if json { return .json }
    if quiet { return .quiet }
    return Terminal.isLive ? .live : .lines
  }
}

/// Shows what happens in a run: one line that changes on a terminal, a line now and then when piped.
final class ProgressReporter {
  enum Style {
    case live, lines, json, quiet
  }

  private let style: Style
  private var lastLine = ContinuousClock.now
  private var lineIsOpen = false
  private var score = ""
  private var total = 0
  private var basisBegan = ContinuousClock.now

  private let basisFlags: String

  /// - Parameter basisFlags: what has to do with the preliminary phase among the command's flags.
  init(
    _ style: Style,
    basisFlags: String = "--basis-steps; --basis uses one that was found before"
  ) {
    self.style = style
    self.basisFlags = basisFlags
  }

  // Whatever is said next, an error perhaps, begins a line of its own.
  deinit { closeLine() }

  func report(_ event: TrainingEvent) throws {
    guard style != .json else {
      // The report itself is printed at the end.
      if case .finished = event { return }
      return try Console.printJSON(EventLine(event))
    }
    switch event {
    case .notice(let text): say(text.withFlags)
    case .head(let step, let count): showHead(step, of: count)
    case .basis(let step, let count, let expected): showBasis(step, of: count, expected)
    case .started(let plan): start(plan)
    case .step(let record): show(record)
    case .evaluated(let record): show(record)
    case .saved, .finished: break
    }
  }

  private func showHead(_ step: Int, of count: Int) {
    guard step > 0 else { return say("the head alone first: \(count) steps (--head-steps)") }
    update("head alone: step \(step) of \(count)", isLast: step == count)
  }

  private func showBasis(_ step: Int, of count: Int, _ expected: Double?) {
    guard step > 0 else {
      basisBegan = .now
      say(
        "preliminary phase first\(expected.map { ", about \(max($0, 1).duration)" } ?? ""): "
          + "the gradients of \(count) batches find the basis, before anything is learnt "
          + "(\(basisFlags))")
      return
    }
    let seconds = basisBegan.duration(to: .now) / .seconds(1)
    let left = seconds / Double(step) * Double(count - step)
    // The first one says how long the phase will take.
    update(
      "basis: gradients of batch \(step) of \(count), \(left.duration) left",
      isLast: step == count || step == 1)
  }

  func finish(_ figures: RunReport, _ saved: ResultKind, output: String) throws {
    switch style {
    case .json: try Console.printJSON(figures)
    case .quiet: break
    case .live, .lines:
      closeLine()
      try Console.print(RunSummary(figures, saved, output: output).text)
    }
  }

  private func start(_ plan: TrainingPlan) {
    total = plan.totalSteps
    let resumed = plan.completedSteps > 0 ? ", resumed after step \(plan.completedSteps)" : ""
    let trained = plan.trained
    let parts = trained.parts.map { part, count in
      let each = part == .mlp ? " (\(trained.perMLPWeight.grouped) of each weight)" : ""
      return "\(part.rawValue) \(count.grouped)\(each)"
    }
    say(
      "\(plan.totalSteps) steps (\(plan.stepsPerEpoch) an epoch)\(resumed); "
        + "\(trained.total.grouped) trainable parameters: \(parts.joined(separator: ", "))")
  }

  private func show(_ record: StepRecord) {
    let speed = Int(clamping: record.tokensPerSecond).grouped
    var parts = [
      "step \(record.step)/\(total)", "epoch \(record.epoch.fixed(2))",
      "loss \(record.loss.fixed(4))", score, "\(speed) tokens/s",
      "\(record.secondsLeft.duration) left",
    ]
    // On a narrow terminal what matters least is left out.
    for place in [4, 1, 3] where style == .live {
      if Self.line(parts).count >= Terminal.size.columns { parts[place] = "" }
    }
    update(Self.line(parts), isLast: record.step == total)
  }

  private static func line(_ parts: [String]) -> String {
    parts.filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private func show(_ record: EvaluationRecord) {
    let values = record.metrics.all.map { "\($0.metric.rawValue) \($0.value.fixed(4))" }
    if record.step > 0, let value = record.metrics[record.metric] {
      score = "\(record.metric.rawValue) \(value.fixed(4)) at \(record.step)"
    }
    let place = record.step == 0 ? "before training" : "step \(record.step)"
    say("\(place): \(values.joined(separator: "  "))\(record.isBest ? "  (best)" : "")")
  }

  /// A line that replaces the one before on a terminal; elsewhere it appears every few seconds.
  func update(_ line: String, isLast: Bool) {
    switch style {
    case .live:
      // A line that wraps could not be taken back.
      write("\r\u{1B}[2K" + line.prefix(Terminal.size.columns - 1))
      lineIsOpen = true
    case .lines:
      guard isLast || lastLine.duration(to: .now) > .seconds(5) else { return }
      lastLine = .now
      write(line + "\n")
    case .json, .quiet: break
    }
  }

  private func say(_ line: String) {
    guard style == .live || style == .lines else { return }
    closeLine()
    write(line + "\n")
  }

  /// Ends a line that would be replaced.
  func closeLine() {
    if lineIsOpen { write("\n") }
    lineIsOpen = false
  }

  private func write(_ text: String) { Console.note(text) }
}

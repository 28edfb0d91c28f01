import Foundation
import SparseGrad

/// Shows what happens in a search: a line for every trial that has ended.
struct SearchReporter {
  private let messages: MessageOptions
  private let metric: Metric

  init(_ messages: MessageOptions, _ metric: Metric) {
    self.messages = messages
    self.metric = metric
  }

  func begin(_ study: OptunaStudy, trials: Int) {
    let flags = study.subject.space.flags
    note(
      "study \"\(study.name)\" in \(study.optuna.storageName): \(trials) trials of "
        + flags.joined(separator: ", "))
  }

  func report(_ event: SearchEvent) throws {
    if messages.json { return try Console.printJSON(SearchLine(event)) }
    switch event {
    case .abandoned(let trial):
      note("trial \(trial.number): failed: the search that ran it has ended")
    case .started: break
    case .finished(let trial, let outcome, let best):
      let what =
        switch outcome {
        case .value(let value): "\(metric.rawValue) \(value.fixed(4))"
        case .failure(let reason): "failed: \(reason)"
        }
      let score = best.flatMap { best in
        best.value.map { "  best \($0.fixed(4)) (trial \(best.number))" }
      }
      note("trial \(trial.number): \(what)  \(words(trial.parameters))\(score ?? "")")
    }
  }

  func finish(_ result: SearchResult, of trials: Int, folder: URL, command: [String]) throws {
    if result.complete < trials {
      let others = result.runningElsewhere
      note(
        "\(result.complete) of \(trials) trials are complete, \(others) \(others == 1 ? "is" : "are") "
          + "running elsewhere")
    }
    if messages.json {
      return try Console.printJSON(SearchLine(result, folder: folder, command: command))
    }
    guard !messages.quiet else { return }
    let score = result.best.value?.fixed(4) ?? ""
    try Console.print(
      """
      best of \(result.complete) trials: \(result.best.number), \(metric.rawValue) \(score)
      \(words(result.best.parameters))
      folder: \(folder.path)
      again:  \(command.map(\.shellWord).joined(separator: " "))
      """)
  }

  private func words(_ parameters: [String: String]) -> String {
    parameters.sorted { $0.key < $1.key }.map { name, value in
      let number = value.count > 7 ? Double(value).map { String(format: "%.3g", $0) } : nil
      return "\(name) \(number ?? value)"
    }.joined(separator: "  ")
  }

  private func note(_ line: String) {
    if !messages.quiet, !messages.json { Console.note(line + "\n") }
  }
}

/// What happens in a search, as an object of JSON.
private struct SearchLine: Encodable {
  var event: String
  var trial: Int
  var parameters: [String: String]
  var value: Double?
  var reason: String?
  var best: Int?
  var complete: Int?
  var running_elsewhere: Int?
  var folder: String?
  var command: [String]?

  init(_ event: SearchEvent) {
    switch event {
    case .abandoned(let trial): self.init("abandoned", trial)
    case .started(let trial): self.init("started", trial)
    case .finished(let trial, .value(let value), let best):
      self.init("complete", trial)
      (self.value, self.best) = (value, best?.number)
    case .finished(let trial, .failure(let reason), let best):
      self.init("failed", trial)
      (self.reason, self.best) = (reason, best?.number)
    }
  }

  init(_ result: SearchResult, folder: URL, command: [String]) {
    self.init("best", result.best)
    (value, complete) = (result.best.value, result.complete)
    running_elsewhere = result.runningElsewhere
    (self.folder, self.command) = (folder.path, command)
  }

  private init(_ event: String, _ trial: OptunaTrial) {
    (self.event, self.trial, parameters) = (event, trial.number, trial.parameters)
  }
}

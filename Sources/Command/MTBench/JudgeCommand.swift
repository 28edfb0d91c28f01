import ArgumentParser
import Foundation
import SparseGrad

struct JudgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract: "Have answers to MT-Bench graded by a model behind an endpoint.",
    discussion:
      "The endpoint speaks OpenAI's protocol. Its key, if it wants one, is read from the environment only. Judgments that are there are kept."
  )

  @Option(help: "File of answers (see `sparsegrad mt-bench`).", completion: .file())
  var answers: String

  @Option(help: "File of the questions.", completion: .file())
  var questions: String

  @Option(help: "File of FastChat's prompts for judges (judge_prompts.jsonl).", completion: .file())
  var prompts: String

  @Option(help: "Address of the endpoint, http://localhost:8000/v1 for example.")
  var endpoint: String

  @Option(help: "What the judge is called at the endpoint.")
  var judgeModel: String

  @Option(help: "File of judgments to write.", completion: .file())
  var output: String

  @Option(help: "Variable of the environment that holds the endpoint's key.")
  var keyVariable = "OPENAI_API_KEY"

  @Option(help: "Requests that are under way at a time.")
  var parallel = 4

  @Option(help: "How often a request is repeated after a failure, each time after twice the wait.")
  var retries = 4

  @Option(help: "Longest time for an answer, in seconds.")
  var timeout = 300

  @OptionGroup var messages: MessageOptions

  func validate() throws {
    for (path, flag) in [
      (answers, "--answers"), (questions, "--questions"), (prompts, "--prompts"),
      (output, "--output"),
    ] { try checkPath(path, flag) }
    for (value, flag, range) in [
      (parallel, "--parallel", 1...64), (retries, "--retries", 0...20),
      (timeout, "--timeout", 1...86_400),
    ] where !range.contains(value) {
      throw ValidationError("\(flag): expected from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  func run() throws {
    let asked = try MTBenchQuestion.read(URL(fileURLWithPath: questions))
    var judge = Judge(
      try ChatEndpoint(
        url: endpoint, model: judgeModel, key: ProcessInfo.processInfo.environment[keyVariable],
        timeout: timeout),
      try JudgePrompts(URL(fileURLWithPath: prompts)), output: URL(fileURLWithPath: output))
    (judge.parallel, judge.retries) = (parallel, retries)
    let isQuiet = messages.quiet
    let judgments = try judge.run(
      MTBenchAnswer.read(URL(fileURLWithPath: answers)), to: asked
    ) { done, all in
      if !isQuiet { Console.note("judgment \(done) of \(all)\n") }
    }
    try show(MTBenchScores(judgments, asked))
  }

  private func show(_ scores: MTBenchScores) throws {
    func text(_ value: Double?) -> String { value?.fixed(2) ?? "-" }
    if messages.json {
      for row in scores.rows {
        var object: JSONObject = ["category": .string(row.name)]
        for (key, value) in [("mean", row.mean), ("turn_1", row.first), ("turn_2", row.second)] {
          object[key] = value.map { .number(JSONNumber($0)) } ?? .null
        }
        try Console.print(JSONValue.object(object).text(.compact))
      }
    } else {
      let width = scores.rows.map(\.name.count).max() ?? 0
      func line(_ name: String, _ cells: [String]) -> String {
        name.padding(toLength: max(width, 8), withPad: " ", startingAt: 0)
          + cells.map { String(repeating: " ", count: max(1, 9 - $0.count)) + $0 }.joined()
      }
      try Console.print(line("category", ["mean", "turn 1", "turn 2"]))
      for row in scores.rows {
        try Console.print(line(row.name, [row.mean, row.first, row.second].map(text)))
      }
    }
    if scores.ungraded > 0, !messages.quiet {
      Console.note("\(scores.ungraded) judgments have no grade from 1 to 10 and count in no mean\n")
    }
  }
}

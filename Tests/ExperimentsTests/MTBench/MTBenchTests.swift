import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import SparseGrad

/// Questions, answers and judgments in FastChat's forms, with a judge behind a real endpoint.
@Suite(.serialized) struct MTBenchTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      "questions.jsonl",
      """
      {"question_id": 81, "category": "writing", "turns": ["the film is", "and the story"]}
      {"question_id": 101, "category": "reasoning", "turns": ["is it {answer}", "and so"], "reference": ["one", "two"]}
      {"question_id": 121, "category": "coding", "turns": ["a film"]}

      """)
    func prompt(_ name: String, _ template: String) -> String {
      #"{"name": "\#(name)", "system_prompt": "judge", "prompt_template": "\#(template)"}"# + "\n"
    }
    try folder.write(
      "prompts.jsonl",
      prompt("single-v1", "{question}|{answer}|{unknown}")
        + prompt("single-math-v1", "{question}|{ref_answer_1}|{answer}")
        + prompt("single-v1-multi-turn", "{question_1}|{answer_1}|{question_2}|{answer_2}")
        + prompt("single-math-v1-multi-turn", "{ref_answer_2}|{answer_1}|{answer_2}"))
  }

  private var questions: [MTBenchQuestion] {
    get throws { try MTBenchQuestion.read(folder("questions.jsonl")) }
  }

  @Test func requests() throws {
    let prompts = try JudgePrompts(folder("prompts.jsonl"))
    let answer = { MTBenchAnswer(questionId: $0, model: "m", turns: ["A1 {answer}", "A2"]) }
    let asked = try questions
    #expect(
      prompts.request(asked[0], answer(81), turn: 0)?.user == "the film is|A1 {answer}|{unknown}")
    #expect(
      prompts.request(asked[0], answer(81), turn: 1)?.user
        == "the film is|A1 {answer}|and the story|A2")
    // What a text has in braces is no place of the template.
    let first = prompts.request(asked[1], answer(101), turn: 0)
    #expect(first?.user == "is it {answer}|one|A1 {answer}" && first?.prompt == "single-math-v1")
    #expect(prompts.request(asked[1], answer(101), turn: 1)?.user == "two|A1 {answer}|A2")
    // Without a reference a question is judged like any other; without a second turn there is no second judgment.
    #expect(prompts.request(asked[2], answer(121), turn: 0)?.prompt == "single-v1")
    #expect(prompts.request(asked[2], answer(121), turn: 1) == nil)
  }

  @Test(
    arguments: [
      ("Rating: [[7]]", 7), ("[[8.5]] and [[3]]", 8.5), ("I say [6].", 6), ("[[11]]", nil),
      ("[[0]]", nil), ("[[rating]] [[4]]", 4), ("no grade", nil), ("[[", nil), ("[[7", nil),
    ] as [(String, Double?)])
  func grades(_ text: String, _ grade: Double?) { #expect(Judgment.grade(in: text) == grade) }

  /// Answers are written once; a line that was cut off is written again; what is there is not judged again.
  @Test func answersAndJudgments() throws {
    let model = try TinyLanguageModel(in: folder)
    let answers = folder("answers.jsonl")
    func answer(_ limit: Int) throws -> ChildProcess.Result {
      try Command.run([
        "mt-bench", "--model", model.url.path, "--questions", folder("questions.jsonl").path,
        "--output", answers.path, "--max-new-tokens", "5", "--model-id", "tiny", "--limit",
        "\(limit)", "--quiet",
      ])
    }
    #expect(try answer(1).status == 0)
    let first = try Data(contentsOf: answers)
    try (first + Data("{\"question_id\": 101, \"mod".utf8)).write(to: answers)
    #expect(try answer(3).status == 0)
    let all = try Data(contentsOf: answers)
    #expect(all.starts(with: first))
    #expect(try MTBenchAnswer.read(answers).map(\.questionId) == [81, 101, 121])
    #expect(try MTBenchAnswer.read(answers).map(\.turns.count) == [2, 2, 1])
    #expect(try answer(3).status == 0)
    #expect(try Data(contentsOf: answers) == all)

    let endpoint = try JudgeProcess(notes: folder("notes.jsonl"))
    func judge(_ model: String, _ more: String...) throws -> ChildProcess.Result {
      try Command(
        [
          "judge", "--answers", answers.path, "--questions", folder("questions.jsonl").path,
          "--prompts", folder("prompts.jsonl").path, "--endpoint", endpoint.address,
          "--judge-model", model, "--output", folder("judgments.jsonl").path, "--parallel", "2",
          "--json", "--quiet",
        ] + more, environment: ["JUDGE_KEY=secret-1"]
      ).wait()
    }
    let judged = try judge("judge", "--key-variable", "JUDGE_KEY")
    #expect(judged.status == 0, "\(judged.errors)")
    let rows = try judged.lines.map { try jsonObject(Data($0.utf8)) }
    #expect(
      rows.compactMap { $0["category"] as? String } == ["coding", "reasoning", "writing", "all"])
    let judgments = folder("judgments.jsonl")
    let lines = try folder.url.jsonLines("judgments.jsonl")
    #expect(lines.count == 5)
    #expect(lines.allSatisfy { ($0["judge"] as? [String])?.first == "judge" })
    let notes = try folder.url.jsonLines("notes.jsonl")
    #expect(notes.count > 5 && notes.allSatisfy { $0["path"] as? String == "/v1/chat/completions" })
    #expect(notes.allSatisfy { $0["key"] as? String == "Bearer secret-1" })
    // Nothing is asked twice, and nothing that was paid for is lost when the endpoint refuses.
    let paid = try Data(contentsOf: judgments)
    #expect(try judge("judge").status == 0)
    #expect(try folder.url.jsonLines("notes.jsonl").count == notes.count)
    let refused = try judge("refused", "--key-variable", "JUDGE_KEY")
    #expect(refused.status == 1 && refused.errors.contains("answers with status 401"))
    #expect(!refused.errors.contains("secret-1"))
    #expect(try Data(contentsOf: judgments) == paid)
    withExtendedLifetime(endpoint) {}
  }

  @Test func errors() throws {
    let gone = try ChatEndpoint(url: "http://127.0.0.1:1/v1", model: "x", key: nil, timeout: 5)
    var judge = Judge(gone, try JudgePrompts(folder("prompts.jsonl")), output: folder("none.jsonl"))
    (judge.retries, judge.firstWait) = (2, 0.01)
    let answers = [MTBenchAnswer(questionId: 81, model: "m", turns: ["a"])]
    let error = #expect(throws: InputError.self) { try judge.run(answers, to: questions) }
    #expect(error?.description.contains("(after 3 attempts)") ?? false)
    for address in ["localhost", "ftp://x", "http://", "http://a\nb"] {
      #expect(throws: InputError.self) { try ChatEndpoint(url: address, model: "x", key: nil) }
    }
    try folder.write(
      "twice.jsonl",
      #"{"question_id": 1, "category": "a", "turns": ["x"]}"# + "\n"
        + #"{"question_id": 1, "category": "a", "turns": ["x"]}"#)
    let twice = #expect(throws: InputError.self) { try MTBenchQuestion.read(folder("twice.jsonl")) }
    #expect(twice?.description.hasSuffix("line 2, key \"question_id\": is there twice") ?? false)
  }
}

/// The endpoint of judge.py; it ends with this object.
private final class JudgeProcess {
  let address: String
  private let process: ChildProcess

  init(notes: URL) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("judge.py")
    let process = try ChildProcess(running: ["python3", script.path, notes.path])
    var port = ""
    let isThere = Deadline.wait(within: Deadline.usual) {
      port = (try? process.output()) ?? ""
      return port.hasSuffix("\n")
    }
    guard isThere else { throw InputError(script.path, "did not start") }
    self.process = process
    address = "http://127.0.0.1:\(port.trimmingCharacters(in: .newlines))/v1"
  }
}

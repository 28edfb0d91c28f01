import Foundation
import Support

/// How a judge is asked for a grade. Format: FastChat's `judge_prompts.jsonl`.
public struct JudgePrompts: Sendable {
  /// What the judge reads.
  struct Prompt: Sendable {
    let name: String
    let system: String
    let template: String

    /// The template with what is in braces replaced: each place once, whatever the texts hold.
    func filled(_ values: [String: String]) -> String {
      var result = ""
      var rest = template[...]
      while let open = rest.firstIndex(of: "{") {
        result += rest[..<open]
        rest = rest[open...]
        if let close = rest.firstIndex(of: "}"),
          let value = values[String(rest[rest.index(after: open)..<close])]
        {
          result += value
          rest = rest[rest.index(after: close)...]
        } else {
          result.append("{")
          rest.removeFirst()
        }
      }
      return result + rest
    }
  }

  private let prompts: [String: Prompt]

  /// Reads a file of prompts.
  /// - Throws: `InputError` when one for single answers is missing, or a line cannot be used.
  public init(_ url: URL) throws {
    var prompts: [String: Prompt] = [:]
    for record in try RecordFile.read(url) {
      let name = try record.required("name").string()
      prompts[name] = Prompt(
        name: name, system: try record.optional("system_prompt")?.string() ?? "",
        template: try record.required("prompt_template").string())
    }
    for name in [
      "single-v1", "single-math-v1", "single-v1-multi-turn", "single-math-v1-multi-turn",
    ]
    where prompts[name] == nil {
      throw InputError(url.path, "has no prompt called \"\(name)\"")
    }
    self.prompts = prompts
  }

  /// What the judge is asked about a turn of an answer.
  func request(_ question: MTBenchQuestion, _ answer: MTBenchAnswer, turn: Int) -> JudgeRequest? {
    guard answer.turns.indices.contains(turn), question.turns.indices.contains(turn) else {
      return nil
    }
    let reference =
      MTBenchQuestion.categoriesWithReference.contains(question.category)
      ? question.reference.flatMap { $0.count > turn ? $0 : nil } : nil
    let name = "single-\(reference == nil ? "" : "math-")v1\(turn == 0 ? "" : "-multi-turn")"
    guard let prompt = prompts[name] else { return nil }
    var values = ["question": question.turns[turn], "answer": answer.turns[turn]]
    for place in 0...turn {
      values["question_\(place + 1)"] = question.turns[place]
      values["answer_\(place + 1)"] = answer.turns[place]
      values["ref_answer_\(place + 1)"] = reference?[place]
    }
    return JudgeRequest(
      questionId: question.id, category: question.category, turn: turn, prompt: prompt.name,
      system: prompt.system, user: prompt.filled(values))
  }
}

/// A question to the judge.
struct JudgeRequest: Sendable {
  let questionId: Int
  let category: String
  /// 0 or 1.
  let turn: Int
  let prompt: String
  let system: String
  let user: String
}

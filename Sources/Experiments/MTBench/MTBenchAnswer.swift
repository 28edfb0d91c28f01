import Foundation
import Support

/// What a model answers to a question: a text for each turn. Format: FastChat's `model_answer/MODEL.jsonl`.
public struct MTBenchAnswer: Sendable {
  /// The number of the question.
  public let questionId: Int
  /// What the model is called.
  public let model: String
  /// What it answers to each turn.
  public let turns: [String]

  init(questionId: Int, model: String, turns: [String]) {
    self.questionId = questionId
    self.model = model
    self.turns = turns
  }

  init(_ record: JSONField) throws {
    questionId = try record.required("question_id").integer()
    model = try record.required("model_id").string()
    let choices = try record.required("choices")
    guard let first = try choices.elements().first else {
      throw choices.error(expected: "at least one choice")
    }
    turns = try first.required("turns").elements().map { try $0.string() }
  }

  /// Reads a file of answers. Of a question that is there more than once, the last answer counts.
  /// - Throws: `InputError` naming the line and key that cannot be used.
  public static func read(_ url: URL) throws -> [MTBenchAnswer] {
    let answers = try RecordFile.read(url).map { try MTBenchAnswer($0) }
    guard !answers.isEmpty else { throw InputError(url.path, "has no answers") }
    return answers
  }

  /// The answer as a line of the file.
  func record(at time: Date) -> JSONObject {
    [
      "question_id": .number(JSONNumber(questionId)),
      "answer_id": .string(UUID().uuidString.lowercased()), "model_id": .string(model),
      "choices": .array([
        ["index": 0, "turns": .array(turns.map { .string($0) })]
      ]),
      "tstamp": .number(JSONNumber(time.timeIntervalSince1970)),
    ]
  }
}

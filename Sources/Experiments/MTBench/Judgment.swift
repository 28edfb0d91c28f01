import Foundation
import Support

/// What a judge says of a turn of an answer. Format: FastChat's `model_judgment`.
public struct Judgment: Sendable {
  /// The number of the question, and the turn, 1 or 2.
  public let questionId: Int, turn: Int
  /// What the model is called whose answer it is, and the judge.
  public let model: String, judge: String
  /// From 1 to 10; nil when the judge gave no such grade.
  public let score: Double?

  init(_ record: JSONField) throws {
    questionId = try record.required("question_id").integer()
    turn = try record.required("turn").integer()
    model = try record.required("model").string()
    guard let judge = try record.required("judge").elements().first else {
      throw try record.required("judge").error(expected: "a model and a prompt")
    }
    self.judge = try judge.string()
    let score = try record.required("score").number()
    self.score = 1...10 ~= score ? score : nil
  }

  /// The grade in a judgment, which ends with `[[7]]`; nil when there is none from 1 to 10.
  static func grade(in text: String) -> Double? {
    for (open, close) in [("[[", "]]"), ("[", "]")] {
      var rest = text[...]
      while let start = rest.range(of: open), let end = rest[start.upperBound...].range(of: close) {
        let number = rest[start.upperBound..<end.lowerBound]
        let isPlain =
          !number.isEmpty && number.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
        if isPlain, let grade = Double(number) { return 1...10 ~= grade ? grade : nil }
        rest = rest[start.upperBound...]
      }
    }
    return nil
  }

  /// The line of the file, as FastChat writes it: a grade that is missing is −1.
  static func record(
    _ request: JudgeRequest, model: String, judge: String, text: String, at time: Date
  ) -> JSONObject {
    [
      "question_id": .number(JSONNumber(request.questionId)), "model": .string(model),
      "judge": .array([.string(judge), .string(request.prompt)]),
      "user_prompt": .string(request.user), "judgment": .string(text),
      "score": .number(JSONNumber(grade(in: text) ?? -1)),
      "turn": .number(JSONNumber(request.turn + 1)),
      "tstamp": .number(JSONNumber(time.timeIntervalSince1970)),
    ]
  }
}

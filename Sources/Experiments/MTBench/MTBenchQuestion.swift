import Foundation
import Support

/// A question of MT-Bench (Zheng et al., 2023): two turns, the second of which asks about the answer to the first.
/// Format: FastChat's `question.jsonl`.
public struct MTBenchQuestion: Sendable {
  /// Its number.
  public let id: Int
  /// `writing`, `math`, ...
  public let category: String
  /// What the user says.
  public let turns: [String]
  /// Right answers, where there are some: one for each turn.
  public let reference: [String]?

  /// Categories whose answers can be wrong: they are judged beside a reference.
  static let categoriesWithReference: Set<String> = ["math", "reasoning", "coding"]

  /// How freely an answer is written, as FastChat has it.
  var temperature: Double {
    switch category {
    case "writing", "roleplay": 0.7
    case "stem", "humanities": 0.1
    default: 0
    }
  }

  /// Reads a file of questions.
  /// - Throws: `InputError` naming the line and key that cannot be used.
  public static func read(_ url: URL) throws -> [MTBenchQuestion] {
    var seen: Set<Int> = []
    let questions = try RecordFile.read(url).map { record -> MTBenchQuestion in
      let id = try record.required("question_id")
      guard seen.insert(try id.integer()).inserted else { throw id.error("is there twice") }
      let turns = try record.required("turns")
      let texts = try turns.elements().map { try $0.string() }
      guard 1...2 ~= texts.count else { throw turns.error(expected: "one turn or two") }
      return MTBenchQuestion(
        id: try id.integer(), category: try record.required("category").string(), turns: texts,
        reference: try record.optional("reference")?.elements().map { try $0.string() })
    }
    guard !questions.isEmpty else { throw InputError(url.path, "has no questions") }
    return questions
  }
}

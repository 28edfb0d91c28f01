import Datasets
import Foundation
import Inference
import Support

/// Answers the questions of MT-Bench with a language model: the job of `sparsegrad mt-bench`.
public struct MTBenchRun {
  /// The questions.
  public var questions: [MTBenchQuestion]
  /// The file of answers; those that are there are not written again.
  public var output: URL
  /// What the model is called.
  public var name: String
  /// When an answer ends, and how tokens are chosen.
  public var settings: GenerationSettings
  /// The temperature of all answers; nil for those that FastChat has for the categories.
  public var temperature: Double?

  /// A run with FastChat's settings: at most 1024 tokens a turn.
  public init(_ questions: [MTBenchQuestion], output: URL, name: String) {
    self.questions = questions
    self.output = output
    self.name = name
    settings = GenerationSettings()
    settings.maximumTokens = 1024
  }

  /// Answers what has no answer yet.
  /// - Parameter progress: is told of each question that has an answer, and how many there are.
  /// - Returns: how many questions were answered, and how many had an answer already.
  /// - Throws: `InputError` when a file or the model cannot be used.
  public func run(
    _ generator: TextGenerator, progress: (_ done: Int, _ all: Int) throws -> Void = { _, _ in }
  ) throws -> (new: Int, old: Int) {
    let file = try RecordFile(output)
    let old = try file.records.map { try MTBenchAnswer($0) }
    if let other = old.first(where: { $0.model != name }) {
      throw InputError(
        output.path, "holds answers of the model \"\(other.model)\", expected \"\(name)\"")
    }
    let answered = Set(old.map(\.questionId))
    var new = 0
    for (index, question) in questions.enumerated() {
      if !answered.contains(question.id) {
        let session = try ChatSession(generator)
        var settings = settings
        settings.sampling.temperature = temperature ?? question.temperature
        let turns = try question.turns.map { try session.answer($0, settings).text }
        try file.append(
          MTBenchAnswer(questionId: question.id, model: name, turns: turns).record(at: Date()))
        new += 1
      }
      try progress(index + 1, questions.count)
    }
    return (new, questions.count - new)
  }
}

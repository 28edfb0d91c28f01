import Foundation
import Support

/// Has answers graded by a model behind an endpoint: the job of `sparsegrad judge`. It is single-answer grading as FastChat
/// does it (Zheng et al., 2023).
public struct Judge: Sendable {
  /// The judge.
  public var endpoint: ChatEndpoint
  /// How it is asked.
  public var prompts: JudgePrompts
  /// The file of judgments; what is there is not paid for again.
  public var output: URL
  /// How many requests are under way at a time.
  public var parallel = 4
  /// How often a request is repeated after a failure, each time after twice the wait.
  public var retries = 4
  /// The first wait, in seconds.
  public var firstWait = 1.0
  /// The longest judgment, in tokens.
  public var maximumTokens = 2048

  /// A judge with the settings of FastChat.
  public init(_ endpoint: ChatEndpoint, _ prompts: JudgePrompts, output: URL) {
    self.endpoint = endpoint
    self.prompts = prompts
    self.output = output
  }

  /// Asks for the judgments that are missing.
  /// - Parameter progress: is told of each judgment that came, and how many are wanted.
  /// - Returns: all judgments of these answers.
  /// - Throws: `InputError` when a file cannot be used, or the endpoint does not answer; what came before is kept.
  public func run(
    _ answers: [MTBenchAnswer], to questions: [MTBenchQuestion],
    progress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> [Judgment] {
    let byId = Dictionary(questions.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    let requests = answers.flatMap { answer in
      (0..<2).compactMap { turn in
        byId[answer.questionId].flatMap { prompts.request($0, answer, turn: turn) }
          .map { (answer.model, $0) }
      }
    }
    guard !requests.isEmpty else {
      throw InputError("the answers", "belong to none of the questions")
    }
    let file = try RecordFile(output)
    func name(_ model: String, _ question: Int, _ turn: Int) -> String {
      "\(model)/\(question)/\(turn)"
    }
    let old = try file.records.map { try Judgment($0) }.filter { $0.judge == endpoint.model }
    let there = Set(old.map { name($0.model, $0.questionId, $0.turn) })
    let open = requests.filter { !there.contains(name($0.0, $0.1.questionId, $0.1.turn + 1)) }
    try ask(open, file, done: requests.count - open.count, all: requests.count, progress)
    let wanted = Set(requests.map { name($0.0, $0.1.questionId, $0.1.turn + 1) })
    return try RecordFile.read(output).map { try Judgment($0) }.filter {
      $0.judge == endpoint.model && wanted.contains(name($0.model, $0.questionId, $0.turn))
    }
  }

  private func ask(
    _ requests: [(model: String, request: JudgeRequest)], _ file: RecordFile, done: Int, all: Int,
    _ progress: @Sendable (Int, Int) -> Void
  ) throws {
    let lock = NSLock()
    nonisolated(unsafe) var (next, done, failure) = (0, done, InputError?.none)
    nonisolated(unsafe) let (file, requests) = (file, requests)
    DispatchQueue.concurrentPerform(iterations: max(1, min(parallel, requests.count))) { _ in
      while true {
        let item = lock.withLock { () -> (model: String, request: JudgeRequest)? in
          guard failure == nil, next < requests.count else { return nil }
          next += 1
          return requests[next - 1]
        }
        guard let item else { return }
        do {
          let text = try patiently {
            try endpoint.answer(
              system: item.request.system, user: item.request.user, maximumTokens: maximumTokens)
          }
          try lock.withLock {
            try file.append(
              Judgment.record(
                item.request, model: item.model, judge: endpoint.model, text: text, at: Date()))
            done += 1
            progress(done, all)
          }
        } catch {
          lock.withLock {
            failure =
              failure ?? error as? InputError ?? InputError(endpoint.url, "\(error)")
          }
        }
      }
    }
    if let failure { throw failure }
  }

  private func patiently(_ request: () throws -> String) throws -> String {
    var wait = firstWait
    for attempt in 0... {
      do {
        return try request()
      } catch let ChatEndpoint.Failure.lasting(problem) {
        throw InputError("the judge", problem)
      } catch let ChatEndpoint.Failure.passing(problem) {
        guard attempt < retries else {
          throw InputError("the judge", "\(problem) (after \(attempt + 1) attempts)")
        }
        Thread.sleep(forTimeInterval: wait)
        wait *= 2
      }
    }
    preconditionFailure("attempts do not end by themselves")
  }
}

import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// A run beside other code: events, tasks, watchers that fail.
  @Suite struct RunningTests {
    private struct Trouble: Error {}

    @Test func eventsEndWithTheReport() async throws {
      let run = try TinyRun { $0.maximumSteps = 4 }
      var steps: [Int] = []
      var report: RunReport?
      for try await event in run.job.events() {
        if case .step(let record) = event { steps.append(record.step) }
        if case .finished(let found) = event { report = found }
      }
      #expect(steps == [1, 2, 3, 4])
      #expect(try report == run.output.figures())
    }

    @Test func eventsEndWithTheError() async throws {
      var run = try TinyRun()
      run.job.settings.epochs = 0
      await #expect(throws: InputError.self) { for try await _ in run.job.events() {} }
    }

    /// Whoever stops listening stops the run, which can go on from its checkpoint.
    @Test(.timeLimit(.minutes(2))) func leavingStopsTheRun() async throws {
      var run = try TinyRun { $0.maximumSteps = 100_000 }
      for try await event in run.job.events() {
        if case .step(let record) = event, record.step == 3 { break }
      }
      while !run.output.contents.contains(where: { $0.hasPrefix("checkpoint-") }) {
        try await Task.sleep(for: .milliseconds(20))
      }
      run.job.start = .resuming
      run.job.settings.maximumSteps = 100_000
      var first: Int?
      for try await event in run.job.events() {
        guard case .step(let record) = event else { continue }
        first = record.step
        break
      }
      #expect(try #require(first) > 1)
    }

    @Test(.timeLimit(.minutes(2))) func cancellingATaskStopsTheRun() async throws {
      let run = try TinyRun { $0.maximumSteps = 100_000 }
      let job = run.job
      let task = Task.detached { try job.run() }
      while !run.output.contents.contains("log.jsonl") {
        try await Task.sleep(for: .milliseconds(20))
      }
      task.cancel()
      await #expect(throws: TrainingInterrupted.self) { try await task.value }
      #expect(run.output.contents.contains { $0.hasPrefix("checkpoint-") })
    }

    /// What a watcher throws ends the run with its error, and no step is lost.
    @Test func watchersMayThrow() throws {
      var run = try TinyRun { $0.maximumSteps = 6 }
      #expect(throws: Trouble.self) {
        try run.job.run { event in
          if case .step(let record) = event, record.step == 3 { throw Trouble() }
          return .continue
        }
      }
      #expect(run.output.contents.contains("checkpoint-3"))
      run.job.start = .resuming
      var steps: [Int] = []
      _ = try run.job.run { event in
        if case .step(let record) = event { steps.append(record.step) }
        return .continue
      }
      #expect(steps == [4, 5, 6])
    }
  }
}

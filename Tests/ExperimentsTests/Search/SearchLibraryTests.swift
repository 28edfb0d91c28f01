import Foundation
import SparseGrad
import TestSupport
import Testing

extension SearchRuns {
  /// Searches of something else than `finetune`, in this process.
  @Suite struct SearchLibraryTests {
    /// The first trial runs until it is let go; the others have ended as soon as they begin.
    private final class LongFirstTrial: TrialRunner {
      struct Run: TrialRun {
        let runner: LongFirstTrial
        let isFirst: Bool

        var outcome: TrialOutcome? {
          if isFirst && !runner.isLetGo { return nil }
          return .value(1)
        }

        func stop() { runner.isLetGo = true }
      }

      var isLetGo = false

      func start(_ parameters: [String: String], in folder: URL) -> Run {
        Run(runner: self, isFirst: folder.lastPathComponent == "trial-0")
      }
    }

    /// A trial that the study does not have as running any more keeps its place here until it ends.
    @Test func aTrialThatIsEndedFromOutsideCountsUntilItEnds() throws {
      let folder = try TemporaryFolder()
      var space = SearchSpace()
      try space.search("x", .choices(["1", "2"]), source: "test")
      let study = try OptunaStudy(
        "outside", .maximize, SearchSubject(space: space, flags: []),
        in: Optuna.inTime("sqlite:///" + folder("study.db").path))
      let runner = LongFirstTrial()
      var search = try HyperparameterSearch(study, runner, output: folder.url)
      search.trials = 2
      search.workers = 2

      var events: [String] = []
      func watch(_ event: SearchEvent) throws {
        switch event {
        case .started(let trial):
          events.append("start \(trial.number)")
          if trial.number == 1 { try study.tellFailure(of: 0) }
        case .finished(let trial, _, _):
          events.append("end \(trial.number)")
          if trial.number == 1 { runner.isLetGo = true }
        case .abandoned(let trial):
          events.append("abandoned \(trial.number)")
        }
      }
      let end = ContinuousClock.now + .seconds(Deadline.usual)
      let result = try search.run(isInterrupted: { ContinuousClock.now > end }, watch)
      #expect(events == ["start 0", "start 1", "end 1", "end 0", "start 2", "end 2"])
      #expect(result.complete == 2 && result.runningElsewhere == 0)
      #expect((0...2).allSatisfy { folder("trial-\($0)").contents == ["trial.json"] })
    }
  }
}

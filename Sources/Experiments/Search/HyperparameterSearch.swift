import Foundation
import Support

/// Searches hyper-parameters: asks a study for values, runs trials with them side by side, and tells the study what
/// came of them.
public struct HyperparameterSearch<Runner: TrialRunner> {
  /// Which trials' models stay on the disk.
  public enum Retention: Sendable {
    /// The best trial's.
    case best
    /// All of them.
    case all
  }

  /// How many complete trials the study shall have, whoever runs them.
  public var trials = 20
  /// How many trials run side by side in this process.
  public var workers = 1
  /// Which trials' models stay on the disk.
  public var retention = Retention.best

  private let study: OptunaStudy
  private let folder: SearchFolder
  private let runner: Runner

  /// - Parameters:
  ///   - study: the study that is asked for values and told scores.
  ///   - runner: what trains with the values of a trial.
  ///   - output: the folder for the trials; processes on one study may share it.
  /// - Throws: `InputError` when the folder cannot be used.
  public init(_ study: OptunaStudy, _ runner: Runner, output: URL) throws {
    self.study = study
    self.runner = runner
    folder = try SearchFolder(output, ofStudy: study.name, in: study.optuna)
  }

  /// The folder of a trial that this output folder holds.
  public func folder(of trial: OptunaTrial) -> URL { folder.trial(trial.number).url }

  /// Runs until the study has its trials, those among them that other processes still run. A storage that is out
  /// is waited for, a minute.
  /// - Parameters:
  ///   - isInterrupted: is asked often; when it says true, running trials are ended and told as failed.
  ///   - watch: is told of everything that happens.
  /// - Throws: `InputError` when the study or the output cannot be used or too many trials fail,
  ///   `SearchInterrupted`, and what `watch` throws.
  public func run(
    isInterrupted: @escaping () -> Bool = { false },
    _ watch: (SearchEvent) throws -> Void = { _ in }
  ) throws -> SearchResult {
    var session = Session(self, .long(isInterrupted: isInterrupted))
    do {
      try session.turn(watch)
      while !session.isDone {
        Thread.sleep(forTimeInterval: 0.02)
        if isInterrupted() {
          throw SearchInterrupted(complete: session.complete, wanted: trials)
        }
        if session.hasNews { try session.turn(watch) }
      }
    } catch {
      session.stop()
      throw error
    }
    guard let best = session.best else {
      let others = session.runningElsewhere
      throw InputError(
        "study \"\(study.name)\"",
        "has no complete trial yet" + (others > 0 ? "; \(others) running elsewhere" : ""))
    }
    return SearchResult(
      best: best, complete: session.complete, runningElsewhere: session.runningElsewhere)
  }
}

extension HyperparameterSearch {
  /// One process' part in a study.
  private struct Session {
    private struct Running {
      let trial: OptunaTrial
      let run: Runner.Run
      let lock: FileLock
    }

    private let search: HyperparameterSearch
    private let patience: Patience
    private var running: [Running] = []
    private var failures = 0
    private(set) var complete = 0
    private(set) var runningElsewhere = 0
    private(set) var best: OptunaTrial?

    init(_ search: HyperparameterSearch, _ patience: Patience) {
      self.search = search
      self.patience = patience
    }

    var isDone: Bool { running.isEmpty }
    var hasNews: Bool { running.contains { $0.run.outcome != nil } }

    /// Tells what has ended and starts what there is room for. Other processes with the same output folder wait
    /// meanwhile, so that together they start no more than what is wanted.
    mutating func turn(_ watch: (SearchEvent) throws -> Void) throws {
      guard let lock = try search.folder.lock(isInterrupted: patience.isInterrupted) else {
        throw SearchInterrupted(complete: complete, wanted: search.trials)
      }
      defer { withExtendedLifetime(lock) {} }
      try search.folder.claim()
      var ended = try tellEnded()
      var trials = try search.study.trials(patience)
      let abandoned = trials.filter(isAbandoned)
      if !abandoned.isEmpty {
        ended += try tellAbandoned(abandoned, watch)
        trials = try search.study.trials(patience)
      }
      complete = trials.count { $0.state == .complete }
      runningElsewhere = trials.count { $0.state == .running && !isOurs($0) }
      best = search.study.best(of: trials)
      for (trial, outcome) in ended { try watch(.finished(trial, outcome, best: best)) }
      removeModels(among: trials)
      try checkFailures(ended)
      let free = search.workers - running.count
      let wanted = search.trials - complete - running.count - runningElsewhere
      for _ in 0..<max(0, min(free, wanted)) {
        try watch(.started(start()))
      }
    }

    private mutating func tellEnded() throws -> [(OptunaTrial, TrialOutcome)] {
      let ended = running.compactMap { entry in entry.run.outcome.map { (entry.trial, $0) } }
      for (trial, outcome) in ended { try tell(outcome, of: trial, patience) }
      return ended
    }

    private mutating func tell(
      _ outcome: TrialOutcome, of trial: OptunaTrial, _ patience: Patience
    ) throws {
      try search.study.tell(outcome, of: trial.number, patience)
      search.folder.trial(trial.number).release()
      running.removeAll { $0.trial.number == trial.number }
    }

    /// Tells what came of trials that other processes have left. Those that had finished are returned, as if they had
    /// ended here; the others have failed.
    private func tellAbandoned(
      _ trials: [OptunaTrial], _ watch: (SearchEvent) throws -> Void
    ) throws -> [(OptunaTrial, TrialOutcome)] {
      var finished: [(OptunaTrial, TrialOutcome)] = []
      for trial in trials {
        let folder = search.folder.trial(trial.number)
        let outcome: TrialOutcome =
          search.runner.finishedValue(in: folder.url).map(TrialOutcome.value)
          ?? .failure("the search that ran it has ended")
        try search.study.tell(outcome, of: trial.number, patience)
        folder.release()
        switch outcome {
        case .value: finished.append((trial, outcome))
        case .failure: try watch(.abandoned(trial))
        }
      }
      return finished
    }

    private mutating func start() throws -> OptunaTrial {
      let trial = try search.study.ask(patience)
      let folder = search.folder.trial(trial.number)
      do {
        let lock = try folder.claim()
        do {
          try folder.write(TrialRecord(number: trial.number, parameters: trial.parameters))
          let run = try search.runner.start(trial.parameters, in: folder.url)
          running.append(Running(trial: trial, run: run, lock: lock))
        } catch {
          folder.release()
          throw error
        }
      } catch {
        try? search.study.tell(.failure("\(error)"), of: trial.number, patience)
        throw error
      }
      return trial
    }

    /// Whether this process runs a trial, even if somebody else has told the study that it has ended.
    private func isOurs(_ trial: OptunaTrial) -> Bool {
      running.contains { $0.trial.number == trial.number }
    }

    /// Whether the process that ran a trial is gone. A trial of which this folder knows nothing runs elsewhere,
    /// unless the storage is the folder's own: then its process was killed just after asking.
    private func isAbandoned(_ trial: OptunaTrial) -> Bool {
      guard trial.state == .running, !isOurs(trial) else { return false }
      switch search.folder.trial(trial.number).runner {
      case .present: return false
      case .gone: return true
      case .unknown: return search.folder.hasOwnStorage(search.study)
      }
    }

    /// Removes the models that are not kept, of all processes with this folder.
    private func removeModels(among trials: [OptunaTrial]) {
      for trial in trials where trial.state != .running && !isOurs(trial) {
        let isKept =
          trial.state == .complete
          && (search.retention == .all || trial.number == best?.number)
        if !isKept { search.folder.trial(trial.number).removeModel() }
      }
    }

    /// Trials may fail, by a learning rate that is too high. But when only failures come, something else is wrong.
    private mutating func checkFailures(_ ended: [(OptunaTrial, TrialOutcome)]) throws {
      let most = best == nil ? min(3, search.trials) : search.trials
      for case (let trial, .failure(let reason)) in ended {
        failures += 1
        if failures >= most {
          throw InputError(
            "trial \(trial.number)", "failed, as too many did here (\(failures)): \(reason)")
        }
      }
    }

    /// Ends what runs. What the study cannot be told now, the next search tells it.
    mutating func stop() {
      for entry in running where entry.run.outcome == nil { entry.run.stop() }
      for entry in running {
        var outcome = entry.run.outcome
        while outcome == nil {
          Thread.sleep(forTimeInterval: 0.01)
          outcome = entry.run.outcome
        }
        guard let outcome, (try? tell(outcome, of: entry.trial, .brief)) != nil else { continue }
        if case .failure = outcome { search.folder.trial(entry.trial.number).removeModel() }
      }
    }
  }
}

import Foundation
import SparseGrad
import TestSupport
import Testing

extension SearchRuns {
  /// The command with a study in an SQLite file.
  @Suite struct SearchCommandTests {
    @Test func twoProcessesShareAStudy() throws {
      let search = try TinySearch()
      let arguments = search.arguments("--max-steps", "4", "--trials", "4", "--workers", "2")
      let commands = try (0..<2).map { _ in try Command(arguments) }
      let results = try commands.map { try $0.wait() }
      for result in results { #expect(result.status == 0, "\(result.errors)") }

      // Each trial was run once, by one of the two.
      #expect(try search.states() == Array(repeating: "COMPLETE", count: 4))
      let lines = results.flatMap { $0.errors.split(separator: "\n") }
      let finished = lines.filter { $0.contains(": accuracy ") }.compactMap {
        $0.split(separator: ":").first
      }
      #expect(finished.sorted() == (0..<4).map { "trial \($0)" })

      // Only the best has a model, and all have their records.
      let scores = try (0..<4).map { try #require(search.folder($0).figures().score) }
      let highest = try #require(scores.max())
      let best = try #require(scores.firstIndex(of: highest))
      for trial in 0..<4 {
        let contents = search.folder(trial).contents
        #expect(contents.contains("model.safetensors") == (trial == best))
        #expect(contents.contains("log.jsonl") && !contents.contains { $0.hasPrefix(".") })
      }

      let page = search.tiny.path("report.html")
      let report = try Command.run(["report", search.tiny.output.path, "--output", page])
      #expect(report.status == 0, "\(report)")
      let text = try String(contentsOfFile: page, encoding: .utf8)
      #expect(text.contains("accuracy by trial") && text.contains("<dd>\(highest.fixed(4))</dd>"))
      #expect(text.contains("<dt>Best trial</dt><dd>\(best)</dd>"))

      // The command that is printed works as it is, and makes the same model.
      let last = try #require(
        results.map(\.output).first { $0.contains("best of 4 trials: \(best)") })
      let again = try #require(last.split(separator: "\n").last?.trimmingPrefix("again:  "))
      let rerun = try ChildProcess(running: ["/bin/sh", "-c", again + " --quiet"]).wait()
      #expect(rerun.status == 0, "\(rerun)")
      let made = search.tiny.output.appendingPathComponent("best")
      #expect(try made.data("model.safetensors") == search.folder(best).data("model.safetensors"))

      // Another search does not go on with the study.
      let other = try Command.run(arguments + ["--metric", "loss"])
      #expect(other.status == 1)
      #expect(other.errors.contains("study \"sparsegrad\": is to maximize"), "\(other.errors)")
      let space = try Command.run(arguments + ["--set", "learning-rate=[1e-3, 2e-3]"])
      #expect(space.status == 1 && space.output.isEmpty)
      #expect(
        space.errors.contains("has another search space: learning-rate is "), "\(space.errors)")
      let data = search.tiny.path("held.tsv")
      let model = try Command.run(arguments + ["--model", made.path])
      #expect(
        model.status == 1 && model.errors.contains("was begun with other model weights"),
        "\(model.errors)")
      let training = try Command.run(arguments + ["--train-file", data])
      #expect(
        training.status == 1 && training.errors.contains("was begun with other training data"),
        "\(training.errors)")
      #expect(try search.states().count == 4)

      // Nor does another study go on in the folder, and none is left by the attempt.
      let study = try Command.run(arguments + ["--study", "other"])
      #expect(study.status == 1)
      #expect(study.errors.contains("holds the trials of study \"sparsegrad\""), "\(study.errors)")
      #expect(try search.studies() == ["sparsegrad"])
    }

    /// What another machine runs is not started here, and not passed over in silence.
    @Test func trialsRunningElsewhereAreNamed() throws {
      let search = try TinySearch()
      func run(_ trials: Int) throws -> Command.Result {
        try Command.run(
          search.arguments(
            output: "output",
            [
              "--max-steps", "2", "--trials", "\(trials)", "--set", "learning-rate=[1e-3]",
              "--storage", "sqlite:///" + search.tiny.path("shared.db"),
            ]))
      }
      #expect(try run(1).status == 0)
      _ = try Optuna.inTime("sqlite:///" + search.tiny.path("shared.db")).run(
        "ask", ["--study-name=sparsegrad", "--search-space={}"])
      let result = try run(3)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("2 of 3 trials are complete, 1 is running elsewhere"))
    }

    /// Every trial gets the settings of its own method only, which would refuse the others.
    @Test func methodsCanBeSearched() throws {
      let search = try TinySearch()
      let arguments = search.arguments(
        "--max-steps", "2", "--trials", "4", "--lora-alpha", "2", "--set",
        "method=[lora, meprop, full]", "--set", "lora-rank=[2]", "--set", "selected=[9]")
      let method = try #require(arguments.firstIndex(of: "--method"))
      let result = try Command.run(Array(arguments[..<method] + arguments[(method + 2)...]))
      #expect(result.status == 0, "\(result.errors)")
      #expect(try search.states() == Array(repeating: "COMPLETE", count: 4))
    }

    @Test func killedAndInterruptedTrialsFail() throws {
      let search = try TinySearch()
      try search.lengthenTraining()
      let arguments = search.arguments("--epochs", "1", "--trials", "1")

      // A trial that is killed has failed.
      let killed = try Command(arguments)
      kill(try search.process(of: 0, of: killed), SIGKILL)
      let result = try killed.wait()
      #expect(result.status == 1 && result.errors.contains("trial 0: failed: ended by signal 9"))

      // Ctrl-C ends the search and its trial.
      let interrupted = try Command(arguments)
      var trial = try search.process(of: 1, of: interrupted)
      interrupted.send(SIGINT)
      let end = try interrupted.wait()
      #expect(end.status == 1 && end.errors.contains("interrupted with 0 of 1 trials complete"))
      #expect(search.ends(trial))

      // Whatever ends the search ends its trial; the next search tells that it has failed.
      let lost = try Command(arguments)
      trial = try search.process(of: 2, of: lost)
      lost.send(SIGKILL)
      try lost.wait()
      #expect(search.ends(trial))
      #expect(try search.states() == ["FAIL", "FAIL", "RUNNING"])
      let next = try Command(arguments)
      _ = try search.process(of: 3, of: next)
      next.send(SIGINT)
      let told = try next.wait()
      #expect(told.errors.contains("trial 2: failed: the search that ran it has ended"))
      #expect(try search.states() == Array(repeating: "FAIL", count: 4))
      for number in 0..<4 {
        #expect(!search.folder(number).contents.contains { $0.hasPrefix("checkpoint") })
      }
    }

    /// Ctrl-C is heard by a search that waits for another one to tell its trials, too.
    @Test func aWaitingSearchCanBeInterrupted() throws {
      let search = try TinySearch()
      try search.tiny.folder.write("output/.search.lock", "")
      let held = open(search.tiny.path("output/.search.lock"), O_RDWR | O_CLOEXEC)
      defer { close(held) }
      #expect(flock(held, LOCK_EX | LOCK_NB) == 0)

      let waiting = try Command(search.arguments("--trials", "1"))
      try waiting.wait(for: "a word that it waits") { try !waiting.errors().isEmpty }
      waiting.send(SIGINT)
      let end = try waiting.wait()
      #expect(end.status == 1 && end.errors.contains("interrupted with 0 of 1 trials complete"))
      #expect(try search.states().isEmpty)
    }

    /// What a search has left that could not reach the storage any more: a trial that has finished has a value, one
    /// that has not has failed.
    @Test func aFinishedTrialIsToldByTheNextSearch() throws {
      let search = try TinySearch()
      func run(_ trials: Int) throws -> Command.Result {
        try Command.run(search.arguments("--max-steps", "2", "--trials", "\(trials)"))
      }
      #expect(try run(1).status == 0)
      let (told, finished, unfinished) = (search.folder(0), search.folder(1), search.folder(2))
      for _ in 1...2 {
        _ = try Optuna.inTime(search.storage).run(
          "ask", ["--study-name=sparsegrad", "--search-space={}"])
      }
      try FileManager.default.copyItem(at: told, to: finished)
      var figures = try told.figures()
      figures.score = 2
      try JSONEncoder().encode(figures)
        .write(to: finished.appendingPathComponent("metrics.json"))
      try search.tiny.folder.write("output/trial-2/model.safetensors", "unfinished")
      for trial in 1...2 { try search.tiny.folder.write("output/trial-\(trial)/.running.lock", "") }

      let result = try run(2)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try search.states() == ["COMPLETE", "COMPLETE", "FAIL"])
      #expect(result.errors.contains("trial 1: accuracy 2.0000"), "\(result.errors)")
      #expect(result.errors.contains("trial 2: failed: the search that ran it has ended"))
      #expect(result.output.hasPrefix("best of 2 trials: 1, accuracy 2.0000"), "\(result.output)")
      #expect(!told.contents.contains("model.safetensors"))
      #expect(finished.contents.contains("model.safetensors"))
      #expect(!finished.contents.contains { $0.hasPrefix(".") })
      #expect(unfinished.contents.isEmpty)
    }
  }
}

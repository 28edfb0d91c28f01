import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// Evaluations, early stopping, the best checkpoint, and runs that go wrong.
  @Suite struct RunTests {
    @Test func stopsWhenNothingImproves() throws {
      let run = try TinyRun {
        $0.learningRate = 1e-12
        $0.maximumSteps = 20
        $0.evaluation = .steps(1)
        $0.patience = 2
        $0.metric = .accuracy
      }
      let figures = try run.job.run()
      #expect(figures.steps == 3 && figures.bestStep == 1)
      let evaluations = try run.output.jsonLines("log.jsonl").filter { $0["validation"] != nil }
      #expect(evaluations.compactMap { $0["step"] as? Int } == [1, 2, 3])
    }

    @Test func keepsTheBestCheckpoint() throws {
      let run = try TinyRun {
        $0.learningRate = 0.1
        $0.scheduler = .constant
        $0.maximumSteps = 12
        $0.evaluation = .steps(1)
        $0.metric = .loss
      }
      var saved: [Int: [[Float]]] = [:]
      var best: (step: Int, values: MetricValues)?
      let figures = try run.job.run { event in
        switch event {
        case .saved(let step):
          saved[step] = try? run.output.checkpointValues(step)
        case .evaluated(let record):
          if record.isBest { best = (record.step, record.metrics) }
        default: break
        }
        return .continue
      }
      let (step, values) = try #require(best)
      // A rate this high spoils the model again; otherwise the test would show nothing.
      #expect(step < 12)
      #expect(figures.bestStep == step && figures.score == values[.loss])
      let kept = try #require(saved[step])
      let published = try run.checkpoint()
      #expect(try kept == published.names.map { try published.tensor($0).floats() })
      #expect(saved[12] != kept)
      let classifier = try TextClassifier(folder: run.output)
      let values2 = try classifier.evaluate(#require(run.job.validation)).metrics
      #expect(values2 == values)
    }

    @Test(arguments: [
      (Interval.steps(4), [4, 8, 12, 15]), (.epochs(1), [3, 6, 9, 12, 15]),
      (.epochs(2), [6, 12, 15]),
    ]) func evaluatesOnTime(interval: Interval, expected: [Int]) throws {
      let run = try TinyRun {
        $0.maximumSteps = nil
        $0.epochs = 5
        $0.batch = .sequences(16)
        $0.evaluation = interval
      }
      var steps: [Int] = []
      _ = try run.job.run { event in
        if case .evaluated(let record) = event { steps.append(record.step) }
        return .continue
      }
      #expect(steps == expected)
    }

    @Test func stopsWhenTheLossIsNotFinite() throws {
      var run = try TinyRun {
        $0.learningRate = 1e30
        $0.saveInterval = 1
        $0.scheduler = .constant
      }
      run.job.validation = nil
      let error = try #require(throws: TrainingDiverged.self) { try run.job.run() }
      #expect(error.description.contains("step 2"))
      #expect(error.description.contains("`learningRate`"))
      #expect(run.output.contents == ["checkpoint-1", "log.jsonl", "tensorboard"])
    }

    @Test func stopsWhenTheModelIsSpoiltInTheLastStep() throws {
      let run = try TinyRun {
        $0.learningRate = 1e30
        $0.maximumSteps = 1
      }
      let error = try #require(throws: TrainingDiverged.self) { try run.job.run() }
      #expect(error.description.contains("`learningRate`"))
      #expect(run.output.contents == ["log.jsonl", "tensorboard"])
    }

    @Test func refusesAMetricThatIsNotMeasured() throws {
      let run = try TinyRun { $0.metric = .pearson }
      let error = try #require(throws: InputError.self) { try run.job.run() }
      #expect(error.setting == .metric && error.problem.contains("accuracy, f1"))
      #expect(run.output.contents.isEmpty)
    }

    @Test func refusesToWriteIntoItsModel() throws {
      var run = try TinyRun()
      run.job.output = run.model.url
      let before = run.model.url.contents
      let error = try #require(throws: InputError.self) { try run.job.run() }
      #expect(error.source == run.model.url.path)
      #expect(run.model.url.contents == before)
    }

    @Test func stopsAndResumesInThePreliminaryPhase() throws {
      var settings = SparseGradSettings.paper
      settings.basisSteps = 4
      let method = TrainingMethod.sparseGrad(settings)
      var run = try TinyRun { $0.method = method }
      #expect(throws: TrainingInterrupted.self) {
        try run.job.run { event in
          if case .basis(step: 0, _, let expected) = event {
            #expect((expected ?? 0) > 0)
          }
          if case .basis(step: 2, _, _) = event { return .stop }
          return .continue
        }
      }
      #expect(run.output.contents.isEmpty)
      run.job.start = .resuming
      _ = try run.job.run()
      let straight = try TinyRun { $0.method = method }
      _ = try straight.job.run()
      #expect(try run.weights() == straight.weights())
    }

    /// Wherever a run with a head phase stops, it goes on to the same bytes.
    @Test(arguments: [SparseGradSettings.Selection.core, .random, .dynamic])
    func stopsAndResumesWithAHeadPhase(_ selection: SparseGradSettings.Selection) throws {
      var settings = SparseGradSettings()
      (settings.selection, settings.basisSteps) = (selection, 3)
      func tiny() throws -> TinyRun {
        try TinyRun {
          $0.method = .sparseGrad(settings)
          $0.optimizer.sparseLearningRate = 1e-2
          $0.schedule.headSteps = 3
          $0.maximumSteps = 4
        }
      }
      let straight = try tiny()
      _ = try straight.job.run()
      let stops: [@Sendable (TrainingEvent) -> Bool] = [
        { if case .head(step: 1, _) = $0 { true } else { false } },
        { if case .basis(step: 1, _, _) = $0 { true } else { false } },
        { if case .step(let record) = $0 { record.step == 2 } else { false } },
      ]
      for stops in stops {
        var run = try tiny()
        #expect(throws: TrainingInterrupted.self) {
          try run.job.run { stops($0) ? .stop : .continue }
        }
        run.job.start = .resuming
        _ = try run.job.run()
        #expect(try run.weights() == straight.weights())
      }
    }
  }
}

import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  @Suite struct BasisTests {
    private func settings(_ sharing: SparseGradSettings.Sharing) -> SparseGradSettings {
      var settings = SparseGradSettings.paper
      settings.sharing = sharing
      settings.density = .share(0.1)
      settings.basisSteps = 3
      return settings
    }

    @Test(
      arguments: SparseGradSettings.Sharing.allCases, [TinyModel.Fixture.classification, .pairs])
    func aGivenBasisIsTheOneFound(
      sharing: SparseGradSettings.Sharing, fixture: TinyModel.Fixture
    ) throws {
      let found = try TinyRun(fixture) { $0.method = .sparseGrad(settings(sharing)) }
      _ = try found.job.run()

      var given = try TinyRun(fixture) { $0.method = .sparseGrad(settings(sharing)) }
      let file = given.folder("basis.safetensors")
      let search = BasisSearch(
        model: given.model.url, data: given.job.training, settings: given.job.settings)
      var steps: [Int] = []
      let basis = try search.run(writingTo: file) { steps.append($0) }
      #expect(steps == [0, 1, 2, 3])
      #expect(basis.samples == (fixture == .pairs ? 3 : 2) * 2 * 3)
      given.job.basis = file
      _ = try given.job.run()
      #expect(try given.weights() == found.weights())
    }

    @Test func belongsToItsModelAndSettings() throws {
      var run = try TinyRun { $0.method = .sparseGrad(settings(.shared)) }
      let file = run.folder("basis.safetensors")
      _ = try BasisSearch(
        model: run.model.url, data: run.job.training, settings: run.job.settings
      ).run(writingTo: file)
      run.job.basis = file

      run.job.settings.method = .sparseGrad(settings(.perBlock))
      #expect(throws: InputError.self) { try run.job.run() }

      run.job.settings.method = .sparseGrad(settings(.shared))
      run.job.model = try TinyModel(.pairs, in: run.folder, name: "other").url
      let error = try #require(throws: InputError.self) { try run.job.run() }
      #expect(error.source == file.path && error.problem.contains("another model"))
    }

    /// It would take the place of steps that were to change the weights.
    @Test func leavesNoStepsToKeep() throws {
      var run = try TinyRun { $0.method = .sparseGrad(settings(.shared)) }
      let file = run.folder("basis.safetensors")
      _ = try BasisSearch(
        model: run.model.url, data: run.job.training, settings: run.job.settings
      ).run(writingTo: file)
      var trained = settings(.shared)
      trained.preliminary = .trained
      run.job.settings.method = .sparseGrad(trained)
      run.job.basis = file
      let error = try #require(throws: InputError.self) { try run.job.run() }
      #expect(error.setting == .basis && error.problem.contains("`preliminary` trained"))
    }
  }
}

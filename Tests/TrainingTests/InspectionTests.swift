import Foundation
import SparseGrad
import TestSupport
import Testing

@testable import Compute
@testable import Inspection
@testable import Methods
@testable import Reports
@testable import Training

extension TrainingRuns {
  /// What `inspect` sees and draws.
  @Suite struct InspectionTests {
    private func inspection(_ run: TinyRun) -> GradientInspection {
      var settings = run.job.settings
      settings.method = .sparseGrad(.paper)
      var inspection = GradientInspection(
        model: run.model.url, data: run.job.training, settings: settings)
      (inspection.basisSteps, inspection.steps) = (3, 4)
      return inspection
    }

    @Test func seesEveryLayerOfTheChosenBlocks() throws {
      let run = try TinyRun { $0.precision = .float32 }
      var inspection = inspection(run)
      inspection.blocks = .ranges([0...0])
      let layers = try inspection.run()
      #expect(
        layers.map(\.kind) == ["intermediate", "output"] && layers.allSatisfy { $0.block == 0 })
      for layer in layers {
        let original = try #require(layer.gradient), rotated = try #require(layer.rotatedGradient)
        #expect(original.size == rotated.size)
        #expect(original.values.contains { $0 > 0 })
        #expect(layer.nonZero.count == 4)
        for shares in layer.nonZero {
          #expect(0 < shares.padded && shares.padded <= shares.computed)
        }
        for space in GradientSpace.allCases {
          let energy = try #require(layer.energy[space])
          #expect(zip(energy, energy.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 })
          #expect(abs(try #require(energy.last) - 1) < 1e-9)
          #expect(layer.overlaps[space]?.count == 3)
          let concentration = try #require(layer.concentration[space])
          #expect(concentration.count == 4 && concentration.allSatisfy { 0 < $0 && $0 <= 1 })
        }
        #expect(layer.spectra.output.first ?? 0 >= layer.spectra.output.last ?? 0)
      }
    }

    /// One loss for each step.
    private func losses(_ inspection: GradientInspection) throws -> [Double] {
      var losses: [Double] = []
      _ = try inspection.run { if case .step(_, _, let loss) = $0 { losses.append(loss) } }
      return losses
    }

    /// Looking changes nothing: with every method the losses are those of a model that learns without being watched, and the first
    /// one, and all without learning, are those of the model as it is.
    @Test(arguments: ["full", "sparsegrad", "meprop", "lora"])
    func weightsLearnWhileTheyAreLookedAt(method: String) throws {
      let run = try TinyRun { $0.precision = .float32 }
      var sparse = method == "meprop" ? SparseGradSettings.meProp : SparseGradSettings()
      (sparse.basisSteps, sparse.density) = (3, .share(0.1))
      var inspection = inspection(run)
      inspection.settings.method =
        switch method {
        case "full": .full
        case "lora": .lora(LoRASettings())
        default: .sparseGrad(sparse)
        }
      inspection.settings.learningRate = 3e-3
      (inspection.steps, inspection.threads) = (12, 1)
      let seen = try losses(inspection)
      var frozen = inspection
      frozen.weights = .frozen
      let untrained = try losses(frozen)
      #expect(seen.count == 12 && seen[0] == untrained[0])
      #expect(seen.suffix(6).reduce(0, +) < untrained.suffix(6).reduce(0, +))
      #expect(try unwatchedLosses(inspection) == seen)
      withExtendedLifetime(run) {}
    }

    /// The same steps without an observer.
    private func unwatchedLosses(_ inspection: GradientInspection) throws -> [Double] {
      var settings = inspection.settings
      settings.accumulation = 1
      let source = try GradientSource(
        model: inspection.model, data: inspection.data, task: nil, settings, threads: 1)
      var basis: Basis?
      if case .sparseGrad(let method) = settings.method, method.needsBasis {
        basis = try PreliminaryPhase(settings, loss: source.loss, source.engine).find(
          source.model, source.data, method, source.fingerprint
        ) { _ in }
      }
      let trained = try source.model.train(
        settings.method, scope: settings.trainedScope, basis: basis, seed: settings.seed,
        source.engine)
      var losses: [Double] = []
      try FurtherBatches(source, settings, after: inspection.basisSteps).run(
        inspection.steps, training: trained
      ) { _, _, take in losses.append(try take()) }
      return losses
    }

    /// Both bases come from one pass: they are those that separate passes find.
    @Test func findsAllBasesAtOnce() throws {
      let run = try TinyRun { $0.precision = .float32 }
      var inspection = inspection(run)
      (inspection.weights, inspection.threads) = (.frozen, 1)
      let layer = try #require(try inspection.run().first)
      let source = try GradientSource(
        model: inspection.model, data: inspection.data, task: nil, inspection.settings, threads: 1)
      var method = SparseGradSettings.paper
      (method.sharing, method.basisSteps) = (.perBlock, 3)
      let basis = try PreliminaryPhase(inspection.settings, loss: source.loss, source.engine).find(
        source.model, source.data, method, source.fingerprint
      ) { _ in }
      let site = try #require(source.model.linears.first { $0.role.kind == .intermediate })
      let expected = try #require(basis.axes(of: site.role)).eigenvalues
      #expect(layer.spectra.output == expected.output && layer.spectra.input == expected.input)
      withExtendedLifetime(run) {}
    }

    @Test func looksAtADecoder() throws {
      let folder = try TemporaryFolder()
      let model = try TinyLanguageModel(in: folder)
      let file = try folder.write("talks.jsonl", TinyLanguageModel.conversations(24))
      var inspection = GradientInspection(
        model: model.url, data: try Dataset(conversationsOf: file), settings: TrainingSettings())
      inspection.task = .conversation
      inspection.settings.batch = .sequences(4)
      inspection.settings.precision = .float32
      inspection.settings.layers = TrainedLayers(layers: [.up, .gate, .down])
      inspection.settings.method = .sparseGrad(.paper)
      inspection.blocks = .all
      (inspection.basisSteps, inspection.steps) = (2, 3)
      let layers = try inspection.run()
      #expect(Set(layers.map(\.kind)) == ["intermediate", "gate", "output"])
      for layer in layers {
        #expect(layer.gradient?.values.contains { $0 > 0 } == true)
        #expect(layer.nonZero.count == 3 && layer.nonZero.allSatisfy { $0.computed > 0 })
        #expect(layer.concentration[.perBlock]?.count == 3)
      }
    }

    @Test func refusesABlockThatIsNotThere() throws {
      let run = try TinyRun()
      var inspection = inspection(run)
      inspection.blocks = .ranges([90...90])
      let error = try #require(throws: InputError.self) {
        try withExtendedLifetime(run) { try inspection.run() }
      }
      #expect(error.setting == .blocks)
    }

    @Test func writesEveryPictureWithItsNumbers() throws {
      let run = try TinyRun()
      let folder = run.folder("pictures")
      let layers = try inspection(run).run()
      try InspectionPictures(layers).write(to: folder)
      let names = Set(folder.contents)
      for layer in layers {
        let name = "block-\(layer.block)-\(layer.kind)"
        for kind in ["dw", "dy", "energy", "concentration", "non-zero", "spectra", "overlap"] {
          #expect(names.isSuperset(of: ["\(name)-\(kind).svg", "\(name)-\(kind).csv"]))
        }
        // As a picture also without a library that draws.
        #expect(names.contains("\(name)-dw.png") && names.contains("\(name)-dy.png"))
      }
      #expect(names.isSuperset(of: ["non-zero.svg", "non-zero.csv"]))
      for name in names where name.hasSuffix(".svg") && InspectionPictures.notice == nil {
        #expect(names.contains(name.dropLast(3) + "png"), "\(name)")
      }
      for name in names where name.hasSuffix(".png") {
        let png = try Data(contentsOf: folder.appendingPathComponent(name))
        #expect(png.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]), "\(name)")
      }
      for name in names where name.hasSuffix(".svg") {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        #expect(text.hasPrefix("<svg xmlns=") && text.hasSuffix("</svg>\n"), "\(name)")
      }
    }

    /// A cell is the largest of its block, so that nothing sparse vanishes.
    @Test func reducesByTheLargest() throws {
      let engine = try Engine(precision: .float32, threads: 1)
      let matrix = engine.activations.matrix(10, 7, of: Float.self)
      matrix.elements.update(repeating: 0)
      matrix[row: 9][6] = -5
      matrix[row: 0][1] = 2
      let grid = MagnitudeGrid(matrix, most: 3)
      #expect(grid.cells == (3, 3) && grid.size == (10, 7))
      #expect(grid.values == [2, 0, 0, 0, 0, 0, 0, 0, 5])
    }

    @Test func measuresEnergy() throws {
      let engine = try Engine(precision: .float32, threads: 1)
      let matrix = engine.activations.matrix(10, 100, of: Float.self)
      matrix.elements.update(repeating: 1)
      matrix[row: 4][50] = -1000
      let shares = LayerObservation.energyShares(matrix)
      for (density, share) in zip(InspectedLayer.densities, shares) {
        let count = max(1, (density * 1000).rounded())
        #expect(abs(share - (1e6 + count - 1) / (1e6 + 999)) < 1e-9)
      }
    }
  }
}

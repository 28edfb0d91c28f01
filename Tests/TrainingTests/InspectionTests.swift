import Foundation
import SparseGrad
import TestSupport
import Testing

@testable import Compute
@testable import Inspection
@testable import Reports

extension TrainingRuns {
  /// What `inspect` sees and draws.
  @Suite struct InspectionTests {
    private func inspection(_ run: TinyRun) -> GradientInspection {
      var settings = run.job.settings
      var method = SparseGradSettings.paper
      method.basisSteps = 3
      settings.method = .sparseGrad(method)
      var inspection = GradientInspection(
        model: run.model.url, data: run.job.training, settings: settings)
      inspection.steps = 4
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
        }
        #expect(layer.spectra.output.first ?? 0 >= layer.spectra.output.last ?? 0)
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
        for kind in ["dw", "dy", "energy", "spectra", "overlap"] {
          #expect(names.isSuperset(of: ["\(name)-\(kind).svg", "\(name)-\(kind).csv"]))
        }
        let png = try Data(contentsOf: folder.appendingPathComponent("\(name)-dw.png"))
        #expect(png.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
      }
      #expect(names.isSuperset(of: ["non-zero.svg", "non-zero.csv"]))
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

import Foundation
import SparseGrad
import Testing

extension TrainingRuns {
  /// Every combination of SparseGrad's settings learns, by the MLP weights alone.
  @Suite struct VariantTests {
    struct Variant: CustomTestStringConvertible {
      let settings: SparseGradSettings
      let precision: Precision

      var testDescription: String {
        let threshold = settings.zeroThreshold.map { "zero below \($0)" } ?? ""
        return "\(settings.axes) \(settings.sharing) \(settings.selection) of "
          + "\(settings.intermediateCandidates) \(threshold) \(settings.preliminary) \(precision)"
      }
    }

    static let variants: [Variant] = {
      var variants: [Variant] = []
      for axes in SparseGradSettings.Axes.allCases {
        for sharing in SparseGradSettings.Sharing.allCases {
          for selection in [
            SparseGradSettings.Selection.dynamic, .periodic(interval: 3, observation: 2),
          ] {
            for candidates in [1, 0.5] {
              for (threshold, precision) in [
                (Float?.none, Precision.float32), (1e-6, .float32), (nil, .bfloat16),
              ] {
                for preliminary in SparseGradSettings.Preliminary.allCases {
                  var settings = SparseGradSettings.paper
                  settings.axes = axes
                  settings.sharing = sharing
                  settings.selection = selection
                  (settings.hiddenCandidates, settings.intermediateCandidates) = (
                    candidates, candidates
                  )
                  settings.zeroThreshold = threshold
                  settings.preliminary = preliminary
                  settings.density = .share(0.2)
                  settings.basisSteps = 2
                  variants.append(Variant(settings: settings, precision: precision))
                }
              }
            }
          }
        }
      }
      for axes in SparseGradSettings.Axes.allCases {
        for selection in [SparseGradSettings.Selection.core, .random] {
          var settings = SparseGradSettings()
          (settings.axes, settings.selection) = (axes, selection)
          (settings.density, settings.basisSteps) = (.share(0.2), 2)
          settings.hiddenCandidates = 1
          variants.append(Variant(settings: settings, precision: .float32))
        }
      }
      return variants
    }()

    @Test(arguments: variants) func lowersTheLoss(variant: Variant) throws {
      var run = try TinyRun {
        $0.method = .sparseGrad(variant.settings)
        $0.precision = variant.precision
        $0.scope = .mlp
        $0.learningRate = 3e-3
        $0.maximumSteps = 40
        $0.evaluation = .steps(40)
      }
      run.job.evaluatesFirst = true
      run.job.validation = run.job.training
      let figures = try run.job.run()
      let (before, after) = (figures.before?["loss"], figures.metrics["loss"])
      #expect(try #require(after) < 0.92 * #require(before))
    }
  }
}

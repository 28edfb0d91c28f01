import Layers
import Testing
import Weights

@testable import Compute
@testable import Methods
@testable import Models

/// The folded layer against the paper's three layers.
@Suite(.serialized) struct SparseGradTests {
  /// A weight, its bases, and what may be selected.
  struct Setting: CustomStringConvertible {
    var outputSize = 24, inputSize = 10
    var rotatesOutput: Bool, rotatesInput: Bool
    var outputCandidates = 1.0, inputCandidates = 1.0
    var description: String {
      "\(outputSize)x\(inputSize), rotated \(rotatesOutput) \(rotatesInput), "
        + "candidates \(outputCandidates) \(inputCandidates)"
    }

    static let all = [(24, 10), (10, 24)].flatMap { shape in
      [(false, false), (true, false), (false, true), (true, true)].flatMap { rotated in
        [(1, 1), (0.5, 1), (1, 0.3), (0.7, 0.4)].map { candidates in
          Setting(
            outputSize: shape.0, inputSize: shape.1, rotatesOutput: rotated.0,
            rotatesInput: rotated.1, outputCandidates: candidates.0, inputCandidates: candidates.1)
        }
      }
    }
  }

  static let supports = [
    SparseGradSettings.Selection.dynamic, .periodic(interval: 4, observation: 2),
    .periodic(interval: 3, observation: 3), .core, .random,
  ]

  @Test(arguments: Setting.all, supports)
  func equalsThreeLayers(_ setting: Setting, _ support: SparseGradSettings.Selection) throws {
    for layer in [0, 1] where layer == 0 || support != .dynamic {
      for accumulation in [1, 2] {
        try train(Comparison(setting, support, layer: layer, accumulation: accumulation))
      }
    }
  }

  /// A periodic support chosen by where gradients agree.
  @Test(arguments: Setting.all) func equalsThreeLayersByMeans(_ setting: Setting) throws {
    try train(
      Comparison(
        setting, .periodic(interval: 4, observation: 2), by: .mean, layer: 1, accumulation: 1))
  }

  /// Eight steps with different gradients.
  private func train(_ comparison: Comparison) throws {
    var comparison = comparison
    for number in 1...8 {
      let errors = try comparison.step(number)
      let worst = errors.max { $0.value < $1.value }
      #expect(
        try #require(worst).value < 2e-5, "step \(number): \(worst?.key ?? ""), \(comparison.title)"
      )
    }
  }

  @Test func bfloat16StaysClose() throws {
    let setting = Setting(rotatesOutput: true, rotatesInput: true)
    var comparison = try Comparison(setting, .dynamic, layer: 0, accumulation: 1, .bfloat16)
    let errors = try comparison.step(1)
    #expect(try #require(errors["output"]) < 0.1)
    #expect(try #require(errors["input gradient"]) < 0.1)
    // Adam's first step moves elements by the rate, 0.01; a wrongly selected pair is at most that.
    #expect(try #require(errors["weight"]) < 0.02)
  }
}

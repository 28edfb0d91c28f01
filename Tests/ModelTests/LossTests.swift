import Compute
import Foundation
import Layers
import Support
import Testing

@testable import Compute

@Suite(.serialized) struct LossTests {
  @Test func crossEntropy() throws {
    let engine = try Engine()
    let logits = engine.activations.matrix(5, 3, of: Float.self)
    _ = logits.elements.update(from: normals(15, seed: 1, scale: 2))
    let targets = [2, 0, 1, 1, 0].map { Target.label($0) }
    try check(CrossEntropy(), logits, targets, engine)
    let expected = targets.indices.reduce(0) { sum, r in
      let row = logits[row: r].map { exp(Double($0)) }
      guard case .label(let label) = targets[r] else { return sum }
      return sum - log(row[label] / row.reduce(0, +))
    }
    let loss = CrossEntropy().evaluate(logits, targets, scale: 1, gradient: nil)
    #expect(abs(loss - expected) < 1e-12)
  }

  /// Values and gradients of PyTorch's `CrossEntropyLoss` in float64, with `weight=` and `label_smoothing=`.
  @Test(
    arguments: [
      (
        [], 0.1, 1.571534240644517,
        [
          0.035871712, -0.000651648, -0.035220064, 0.220159704, -0.218726262, -0.001433441,
          -0.220131732, 0.152495095, 0.067636637, 0.010438495, -0.004645652, -0.005792843,
        ]
      ),
      (
        [0.5, 2, 1.5], 0, 1.2796020153236538,
        [
          0.044205046, 0.007681685, -0.051886731, 0.304657383, -0.313857238, 0.009199856,
          -0.0789328, 0.053609476, 0.025323323, 0.025029104, -0.028416425, 0.003387321,
        ]
      ),
      (
        [0.5, 2, 1.5], 0.1, 1.3282318944411715,
        [
          0.040936101, -0.003514778, -0.037421322, 0.291724359, -0.292284219, 0.000559861,
          -0.072643822, 0.051433278, 0.021210544, 0.021417023, -0.0163581, -0.005058923,
        ]
      ),
      (
        [], 1, 1.984034240644517,
        [
          -0.039128288, -0.075651648, 0.114779936, 0.145159704, -0.068726262, -0.076433441,
          -0.070131732, 0.077495095, -0.007363363, -0.064561505, 0.145354348, -0.080792843,
        ]
      ),
    ] as [([Double], Double, Double, [Float])])
  func weightsAndSmoothing(weights: [Double], smoothing: Double, mean: Double, gradient: [Float])
    throws
  {
    let engine = try Engine()
    let logits = engine.activations.matrix(4, 3, of: Float.self)
    _ = logits.elements.update(from: [0.5, -1.25, 2, 3, 0.25, -0.5, -1, 1.5, 0.75, 0, 2.5, -2])
    let targets = [2, 1, 0, 1].map { Target.label($0) }
    let loss = CrossEntropy(weights: weights, smoothing: smoothing)
    let weight = loss.weight(of: targets)
    #expect(weight == (weights.isEmpty ? 4 : 6))
    let found = engine.copy(logits)
    let sum = loss.evaluate(logits, targets, scale: Float(1 / weight), gradient: found)
    #expect(abs(sum / weight - mean) < 1e-12)
    for (a, b) in zip(found.elements, gradient) { #expect(abs(a - b) < 1e-7) }
    try check(loss, logits, targets, engine)
  }

  @Test func squaredError() throws {
    let engine = try Engine()
    let logits = engine.activations.matrix(4, 1, of: Float.self)
    _ = logits.elements.update(from: [0.5, -1, 3, 4])
    let targets = [0, 1, 3.5, 4].map { Target.value($0) }
    try check(MeanSquaredError(), logits, targets, engine)
    #expect(
      MeanSquaredError().evaluate(logits, targets, scale: 1, gradient: nil) == 4.5)
  }

  private func check(
    _ loss: any LossFunction, _ logits: Matrix<Float>, _ targets: [Target], _ engine: Engine
  )
    throws
  {
    let gradient = engine.copy(logits)
    _ = loss.evaluate(logits, targets, scale: 0.25, gradient: gradient)
    GradientCheck(
      function: { loss.evaluate(logits, targets, scale: 1, gradient: nil) / 4 }, tolerance: 1e-4
    ).run([.init("logits", logits, gradient)])
  }

  @Test func largeLogits() throws {
    let engine = try Engine()
    let logits = engine.activations.matrix(1, 3, of: Float.self)
    _ = logits.elements.update(from: [3e4, -3e4, 0])
    #expect(CrossEntropy().evaluate(logits, [.label(0)], scale: 1, gradient: nil) == 0)
    #expect(CrossEntropy().evaluate(logits, [.label(1)], scale: 1, gradient: nil) == 6e4)
    #expect(softmax(logits.elements) == [1, 0, 0])
  }
}

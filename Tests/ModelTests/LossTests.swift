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
    try check(.crossEntropy, logits, targets, engine)
    let expected = targets.indices.reduce(0) { sum, r in
      let row = logits[row: r].map { exp(Double($0)) }
      guard case .label(let label) = targets[r] else { return sum }
      return sum - log(row[label] / row.reduce(0, +))
    }
    let loss = Loss.crossEntropy.evaluate(logits, targets, scale: 1, gradient: nil)
    #expect(abs(loss - expected) < 1e-12)
  }

  @Test func squaredError() throws {
    let engine = try Engine()
    let logits = engine.activations.matrix(4, 1, of: Float.self)
    _ = logits.elements.update(from: [0.5, -1, 3, 4])
    let targets = [0, 1, 3.5, 4].map { Target.value($0) }
    try check(.meanSquaredError, logits, targets, engine)
    #expect(
      Loss.meanSquaredError.evaluate(logits, targets, scale: 1, gradient: nil) == 4.5)
  }

  private func check(_ loss: Loss, _ logits: Matrix<Float>, _ targets: [Target], _ engine: Engine)
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
    #expect(Loss.crossEntropy.evaluate(logits, [.label(0)], scale: 1, gradient: nil) == 0)
    #expect(Loss.crossEntropy.evaluate(logits, [.label(1)], scale: 1, gradient: nil) == 6e4)
    #expect(softmax(logits.elements) == [1, 0, 0])
  }
}

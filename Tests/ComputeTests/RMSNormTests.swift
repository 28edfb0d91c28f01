import Foundation
import Testing

@testable import Compute

/// Normalisation by the root of the mean square, rotary positions and cross-entropy against double precision.
@Suite(.serialized) struct RMSNormTests {
  private let rows = 20

  @Test(arguments: [1, 16, 30, 65, 576])
  func rmsNorm(_ columns: Int) throws {
    let count = rows * columns
    let result = try sameBits { engine in
      let x = engine.random(rows, columns, seed: 1, scale: 3)
      let gamma = engine.random(1, columns, seed: 2), y = engine.zeros(rows, columns)
      let saved = NormalizedRows(rows, columns, in: engine.activations, engine)
      engine.rmsNorm(x, gamma: gamma, epsilon: 1e-5, saving: saved, into: .float32(y))
      let dy = engine.random(rows, columns, seed: 4), dx = engine.random(rows, columns, seed: 6)
      let dgamma = engine.random(1, columns, seed: 5)
      engine.rmsNormGradients(dy, saved, gamma: dgamma)
      engine.rmsNormBackward(dy, saved, gamma: gamma, addingTo: dx)
      return Array(y.elements) + Array(dx.elements) + Array(dgamma.elements)
    }
    func list(_ count: Int, _ seed: UInt64, _ scale: Float = 1) -> [Double] {
      Numbers.list(count, seed: seed, scale: scale).map(Double.init)
    }
    let (x, gamma, dy) = (list(count, 1, 3), list(columns, 2), list(count, 4))
    var (y, dx, dgamma) = (x, list(count, 6), list(columns, 5))
    for r in 0..<rows {
      let row = r * columns..<(r + 1) * columns
      let inverse =
        1 / (x[row].reduce(0) { $0 + $1 * $1 } / Double(columns) + Double(Float(1e-5))).squareRoot()
      let z = x[row].map { $0 * inverse }
      let g = (0..<columns).map { dy[row.lowerBound + $0] * gamma[$0] }
      let mean = zip(g, z).reduce(0) { $0 + $1.0 * $1.1 } / Double(columns)
      for c in 0..<columns {
        y[row.lowerBound + c] = z[c] * gamma[c]
        dx[row.lowerBound + c] += inverse * (g[c] - z[c] * mean)
        dgamma[c] += dy[row.lowerBound + c] * z[c]
      }
    }
    #expect(largestError(result[..<count], y) < 1e-5)
    #expect(
      largestError(result[count..<2 * count], dx) < 1e-5 * max(1, dx.map(abs).max() ?? 0))
    #expect(largestError(result[(2 * count)...], dgamma) < 3e-5)
  }

  @Test(arguments: [2, 16, 80])
  func rotation(_ size: Int) throws {
    let heads = 3, half = size / 2
    let positions = (0..<rows).map { Int32($0 * 7 % 11) }
    let angles = (0..<11 * half).map { Double($0 / half) / Double($0 % half + 1) }
    let result = try sameBits { engine in
      let x = engine.random(rows, heads * size, seed: 1)
      let table = RotaryTable(
        cosines: engine.matrix(11, half, angles.map { Float(cos($0)) }),
        sines: engine.matrix(11, half, angles.map { Float(sin($0)) }))
      let y = engine.zeros(rows, heads * size)
      engine.rotate(.float32(x), into: .float32(y), .forward, positions: positions, table)
      let turned = Array(y.elements)
      engine.rotate(.float32(y), into: .float32(y), .backward, positions: positions, table)
      return turned + Array(y.elements)
    }
    let x = Numbers.list(rows * heads * size, seed: 1)
    var expected = x.map(Double.init)
    for (r, position) in positions.enumerated() {
      for head in 0..<heads {
        for i in 0..<half {
          let low = (r * heads + head) * size + i
          let angle = angles[Int(position) * half + i]
          let (a, b) = (Double(x[low]), Double(x[low + half]))
          expected[low] = a * cos(angle) - b * sin(angle)
          expected[low + half] = b * cos(angle) + a * sin(angle)
        }
      }
    }
    #expect(largestError(result[..<x.count], expected) < 1e-6)
    #expect(largestError(result[x.count...], x.map(Double.init)) < 1e-6)
  }

  @Test(arguments: [2, 64, 1000])
  func crossEntropy(_ classes: Int) throws {
    let labels = (0..<rows).map { Int32($0 * 31 % classes) }
    let count = rows * classes
    let result = try sameBits { engine in
      let logits = engine.random(rows, classes, seed: 1, scale: 8)
      let gradient = engine.random(rows, classes, seed: 2)
      let loss = engine.crossEntropy(logits, labels, scale: 0.5, gradient: gradient)
      #expect(loss == engine.crossEntropy(logits, labels, scale: 1, gradient: nil))
      return Array(gradient.elements) + [Float(loss)]
    }
    let logits = Numbers.list(count, seed: 1, scale: 8).map(Double.init)
    var (loss, gradient) = (0.0, logits)
    for r in 0..<rows {
      let row = Array(logits[r * classes..<(r + 1) * classes])
      let sum = row.reduce(0) { $0 + exp($1) }
      loss += log(sum) - row[Int(labels[r])]
      for c in 0..<classes {
        gradient[r * classes + c] = 0.5 * (exp(row[c]) / sum - (c == Int(labels[r]) ? 1 : 0))
      }
    }
    #expect(largestError(result[..<count], gradient) < 1e-6)
    #expect(abs(Double(result[count]) - loss) < 1e-5 * loss)
  }
}

import Testing

@testable import Compute

/// Layer normalisation in double precision.
struct NaiveLayerNorm {
  let rows: Int, columns: Int
  let x: [Double], gamma: [Double], epsilon: Double

  private func row(_ r: Int) -> (z: [Double], inverse: Double) {
    let row = x[r * columns..<(r + 1) * columns]
    let mean = row.reduce(0, +) / Double(columns)
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
    let inverse = 1 / (variance + epsilon).squareRoot()
    return (row.map { ($0 - mean) * inverse }, inverse)
  }

  func normalized() -> [Double] { (0..<rows).flatMap { row($0).z } }

  func output(bias: [Double]) -> [Double] {
    normalized().enumerated().map { $1 * gamma[$0 % columns] + bias[$0 % columns] }
  }

  /// The gradient of x.
  func backward(_ dy: [Double]) -> [Double] {
    (0..<rows).flatMap { r -> [Double] in
      let (z, inverse) = row(r)
      let g = (0..<columns).map { dy[r * columns + $0] * gamma[$0] }
      let mean = g.reduce(0, +) / Double(columns)
      let projection = zip(g, z).reduce(0) { $0 + $1.0 * $1.1 } / Double(columns)
      return zip(g, z).map { inverse * ($0 - mean - $1 * projection) }
    }
  }
}

@Suite(.serialized) struct NormalizationTests {
  static let widths = [1, 7, 16, 30, 65, 384, 1000]
  private let rows = 50

  /// Numbers around 3, as activations with a bias are.
  private func input(_ columns: Int) -> [Float] {
    Numbers.list(rows * columns, seed: 1).map { 3 + $0 }
  }

  @Test(arguments: widths)
  func forwardAndBackward(_ columns: Int) throws {
    let count = rows * columns
    let result = try sameBits { engine in
      let saved = NormalizedRows(rows, columns, in: engine.activations, engine)
      let gamma = engine.random(1, columns, seed: 2), y = engine.zeros(rows, columns)
      engine.layerNorm(
        engine.matrix(rows, columns, input(columns)), gamma: gamma,
        bias: engine.random(1, columns, seed: 3), epsilon: 1e-5, saving: saved, into: y)
      let dy = engine.random(rows, columns, seed: 4)
      let dgamma = engine.random(1, columns, seed: 5), dbias = engine.random(1, columns, seed: 6)
      engine.layerNormGradients(dy, saved, gamma: dgamma, bias: dbias)
      engine.layerNormBackward(dy, saved, gamma: gamma, into: dy)
      return Array(y.elements) + Array(dy.elements) + Array(dgamma.elements) + Array(dbias.elements)
    }
    let dy = Numbers.list(count, seed: 4).map(Double.init)
    let naive = NaiveLayerNorm(
      rows: rows, columns: columns, x: input(columns).map(Double.init),
      gamma: Numbers.list(columns, seed: 2).map(Double.init), epsilon: Double(Float(1e-5)))
    let bias = Numbers.list(columns, seed: 3).map(Double.init)
    #expect(largestError(result[..<count], naive.output(bias: bias)) < 1e-5)
    let dx = naive.backward(dy)
    let scale = max(1, dx.map(abs).max() ?? 0)
    #expect(largestError(result[count..<2 * count], dx) < 1e-5 * scale)

    var dgamma = Numbers.list(columns, seed: 5).map(Double.init)
    var dbias = Numbers.list(columns, seed: 6).map(Double.init)
    for (i, z) in naive.normalized().enumerated() {
      dgamma[i % columns] += dy[i] * z
      dbias[i % columns] += dy[i]
    }
    #expect(largestError(result[(2 * count)...], dgamma + dbias) < 3e-5)
  }

  @Test(arguments: widths, [0, 0.4] as [Float])
  func residualAndDropout(_ columns: Int, _ probability: Float) throws {
    let dropout = Dropout(seed: 9, pass: 3)
    let result = try sameBits { engine in
      let saved = NormalizedRows(rows, columns, in: engine.activations, engine)
      let y = engine.zeros(rows, columns)
      engine.residualLayerNorm(
        engine.random(rows, columns, seed: 1), xBias: engine.random(1, columns, seed: 2),
        residual: engine.random(rows, columns, seed: 3), dropout: dropout, site: 4,
        probability: probability, gamma: engine.random(1, columns, seed: 4),
        bias: engine.random(1, columns, seed: 5), epsilon: 1e-5, saving: saved, into: y)
      guard case .float32(let normalized) = saved.values else { return [] }
      return Array(y.elements) + Array(normalized.elements)
    }
    let count = rows * columns
    let x = Numbers.list(count, seed: 1).map(Double.init)
    let xBias = Numbers.list(columns, seed: 2).map(Double.init)
    let residual = Numbers.list(count, seed: 3).map(Double.init)
    let mask = NaiveDropout(dropout: dropout, site: 4, probability: probability)
    let sum = x.indices.map {
      let (r, c) = $0.quotientAndRemainder(dividingBy: columns)
      return (x[$0] + xBias[c]) * mask.factor(row: r, column: c) + residual[$0]
    }
    let naive = NaiveLayerNorm(
      rows: rows, columns: columns, x: sum, gamma: Numbers.list(columns, seed: 4).map(Double.init),
      epsilon: Double(Float(1e-5)))
    let bias = Numbers.list(columns, seed: 5).map(Double.init)
    #expect(largestError(result, naive.output(bias: bias) + naive.normalized()) < 1e-5)
  }
}

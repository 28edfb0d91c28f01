import Foundation
import Testing

@testable import Compute

/// Activation functions and their slopes against Foundation's functions in double precision.
@Suite(.serialized) struct ActivationTests {
  /// From -20 to 20, finer around 0, and the ends of what floats can hold.
  static let points: [Float] =
    (-40_000...40_000).map { Float($0) / 2000 } + (-20_000...20_000).map { Float($0) / 1e5 }
    + [-1e30, -1e4, -1e-30, -0.0, 1e-30, 1e4, 1e30]

  static func value(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .gelu: x / 2 * erfc(-x * 0.5.squareRoot())
    case .geluTanh:
      x / 2 * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .relu: max(x, 0)
    case .silu: x / (1 + exp(-x))
    }
  }

  static func slope(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .gelu:
      return erfc(-x * 0.5.squareRoot()) / 2 + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    case .geluTanh:
      let factor = (2 / Double.pi).squareRoot()
      let t = Foundation.tanh(factor * (x + 0.044715 * x * x * x))
      let inner = factor * (1 + 3 * 0.044715 * x * x)
      return (1 + t) / 2 + x / 2 * (1 - t * t) * inner
    case .relu: return x > 0 ? 1 : 0
    case .silu:
      let sigmoid = 1 / (1 + exp(-x))
      return sigmoid * (1 + x * (1 - sigmoid))
    }
  }

  @Test(arguments: Activation.allCases)
  func values(_ activation: Activation) throws {
    let points = Self.points
    let result = try sameBits { engine in
      let x = engine.matrix(points.count, 1, points)
      let y = engine.zeros(points.count, 1)
      engine.activate(
        activation, x, bias: engine.zeros(1, 1), keeping: .float32(x), into: .float32(y))
      return Array(y.elements)
    }
    // In float32's units of x: a value near 20 cannot be closer than that.
    let worst = zip(result, points).map {
      abs(Double($0) - Self.value(activation, Double($1))) / max(1, abs(Double($1)))
    }.max()
    print("\(activation): error \(worst ?? .nan)")
    #expect(try #require(worst) < 2e-7)
    #expect(result.allSatisfy { $0.isFinite })
  }

  /// The activation of a gate times what it lets through, and both gradients; in bfloat16 rounded at the end.
  @Test(arguments: Activation.allCases, Precision.allCases)
  func gated(_ activation: Activation, _ precision: Precision) throws {
    let count = 300
    let (values, up, dy) = try {
      let engine = try Engine()
      return (
        Array(engine.random(1, count, seed: 1, scale: 3).elements),
        Array(engine.random(1, count, seed: 2).elements),
        Array(engine.random(1, count, seed: 3).elements)
      )
    }()
    let engine = try Engine(precision: precision)
    func operand(_ values: [Float]) -> (Operand, [Double]) {
      let operand = engine.operand(engine.matrix(1, count, values), in: engine.activations)
      return (operand, doubles(operand))
    }
    func doubles(_ operand: Operand) -> [Double] {
      switch operand {
      case .float32(let x): x.elements.map(Double.init)
      case .bfloat16(let x): x.elements.map { Double($0.float) }
      }
    }
    let (gate, gates) = operand(values), (raised, ups) = operand(up)
    let y = engine.operand(1, count, in: engine.activations)
    engine.activate(activation, gate: gate, up: raised, into: y)
    let expected = zip(gates, ups).map { Self.value(activation, $0) * $1 }
    let bound = precision == .float32 ? 1e-6 : 0x1p-7
    #expect(zip(doubles(y), expected).allSatisfy { abs($0 - $1) <= bound * max(1, abs($1)) })
    let again = engine.operand(1, count, in: engine.activations)
    let dgate = engine.operand(1, count, in: engine.activations)
    let dup = engine.operand(1, count, in: engine.activations)
    engine.activationBackward(
      activation, gate: gate, up: raised, engine.matrix(1, count, dy), gateGradient: dgate,
      upGradient: dup, recomputing: again)
    #expect(doubles(again) == doubles(y))
    for i in 0..<count {
      let g = Double(dy[i]) * ups[i] * Self.slope(activation, gates[i])
      let u = Double(dy[i]) * Self.value(activation, gates[i])
      #expect(abs(doubles(dgate)[i] - g) <= bound * max(1, abs(g)))
      #expect(abs(doubles(dup)[i] - u) <= bound * max(1, abs(u)))
    }
  }

  @Test(arguments: Activation.allCases)
  func slopes(_ activation: Activation) throws {
    let points = Self.points.filter { abs($0) < 1e6 }
    let result = try sameBits { engine in
      let dy = engine.matrix(1, points.count, [Float](repeating: 1, count: points.count))
      let y = engine.zeros(1, points.count)
      engine.activationBackward(
        activation, .float32(engine.matrix(1, points.count, points)), dy, into: .float32(dy),
        recomputing: .float32(y))
      let again = engine.zeros(points.count, 1), x = engine.matrix(points.count, 1, points)
      engine.activate(
        activation, x, bias: engine.zeros(1, 1), keeping: .float32(x), into: .float32(again))
      #expect(y.elements.elementsEqual(again.elements))
      return Array(dy.elements)
    }
    let error = largestError(result, points.map { Self.slope(activation, Double($0)) })
    print("\(activation): error of the slope \(error)")
    // 1 - tanh² cancels, and x (1 + 3 · 0.0447 x²) / 2 multiplies what is lost.
    #expect(error < ([.geluTanh, .silu].contains(activation) ? 2e-6 : 5e-7))
  }

  @Test(arguments: [1, 17, 384])
  func biasAndSavedInput(_ columns: Int) throws {
    let rows = 70
    let result = try sameBits { engine in
      let x = engine.random(rows, columns, seed: 1, scale: 3)
      let y = engine.zeros(rows, columns)
      engine.activate(
        .gelu, x, bias: engine.random(1, columns, seed: 2), keeping: .float32(x),
        into: .float32(y))
      return Array(x.elements) + Array(y.elements)
    }
    let x = Numbers.list(rows * columns, seed: 1, scale: 3), bias = Numbers.list(columns, seed: 2)
    let sum = x.indices.map { x[$0] + bias[$0 % columns] }
    #expect(Array(result.prefix(sum.count)) == sum)
    let expected = sum.map { Self.value(.gelu, Double($0)) }
    #expect(largestError(result.suffix(sum.count), expected) < 1e-6)
  }

  /// In bfloat16 the activation is that of the rounded sum, so that the backward pass finds it again.
  @Test(arguments: [1, 17, 384]) func rounded(_ columns: Int) throws {
    let (rows, engine) = (70, try Engine())
    let x = engine.random(rows, columns, seed: 1, scale: 3)
    let bias = engine.random(1, columns, seed: 2), dy = engine.random(rows, columns, seed: 3)
    func room() -> Matrix<BFloat16> { engine.activations.matrix(rows, columns) }
    let (z, y, again, dx) = (room(), room(), room(), room())
    engine.activate(.gelu, x, bias: bias, keeping: .bfloat16(z), into: .bfloat16(y))
    engine.activationBackward(
      .gelu, .bfloat16(z), dy, into: .bfloat16(dx), recomputing: .bfloat16(again))
    #expect(y.elements.elementsEqual(again.elements))
    for i in 0..<rows * columns {
      let kept = z.data[i].float
      #expect(abs(kept - x.data[i] - bias.data[i % columns]) <= 0x1p-8 * abs(kept))
      for (found, expected) in [
        (y.data[i].float, Self.value(.gelu, Double(kept))),
        (dx.data[i].float, Double(dy.data[i]) * Self.slope(.gelu, Double(kept))),
      ] {
        #expect(abs(Double(found) - expected) <= 0x1p-8 * abs(expected) + 1e-6)
      }
    }
  }

  @Test func tanhAndItsSlope() throws {
    let points = Self.points
    let result = try sameBits { engine in
      let x = engine.matrix(points.count, 1, points)
      engine.tanh(x, bias: engine.zeros(1, 1))
      let dy = engine.matrix(points.count, 1, [Float](repeating: 2, count: points.count))
      engine.tanhBackward(x, dy)
      return Array(x.elements) + Array(dy.elements)
    }
    let exact = points.map { Foundation.tanh(Double($0)) }
    let error = largestError(result.prefix(points.count), exact)
    print("tanh: error \(error)")
    #expect(error < 2e-7)
    #expect(largestError(result.suffix(points.count), exact.map { 2 * (1 - $0 * $0) }) < 1e-6)
  }
}

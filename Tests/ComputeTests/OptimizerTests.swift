import Foundation
import Testing

@testable import Compute

/// Adam and AdamW as their papers write them, in double precision.
struct NaiveAdam {
  var weight: Double
  var first = 0.0, second = 0.0

  /// - Returns: the change without the decay.
  mutating func step(_ step: AdamStep, gradient: Double) -> Double {
    let (beta1, beta2) = (Double(step.beta1), Double(step.beta2))
    let g = gradient * Double(step.gradientScale)
    first = beta1 * first + (1 - beta1) * g
    second = beta2 * second + (1 - beta2) * g * g
    let m = first / (1 - pow(beta1, Double(step.number)))
    let v = second / (1 - pow(beta2, Double(step.number)))
    let change = -Double(step.learningRate) * m / (v.squareRoot() + Double(step.epsilon))
    weight = weight * (1 - Double(step.learningRate) * Double(step.weightDecay)) + change
    return change
  }
}

@Suite(.serialized) struct OptimizerTests {
  /// Gradients of step `number`: of every size, and some zero.
  static func gradients(_ count: Int, _ number: Int) -> [Float] {
    Numbers.list(count, seed: UInt64(number)).enumerated().map { i, g in
      i % 7 == 0 ? 0 : g * pow(10, Float(-(i % 9)))
    }
  }

  static func step(_ number: Int, decay: Float = 0.1) -> AdamStep {
    AdamStep(
      learningRate: 0.01 / Float(number), weightDecay: decay, number: number,
      gradientScale: number == 3 ? 0.25 : 1)
  }

  @Test(arguments: [1, 17, 100_003])
  func adamW(_ count: Int) throws {
    let steps = count == 1 ? 300 : 5
    let result = try sameBits { engine in
      let w = engine.random(1, count, seed: 100)
      let m = engine.zeros(1, count), v = engine.zeros(1, count)
      for number in 1...steps {
        let g = Operand.float32(engine.matrix(1, count, Self.gradients(count, number)))
        engine.adamW(
          Self.step(number), weight: .whole(w), gradient: g, first: m.data, second: v.data)
      }
      return Array(w.elements)
    }
    var naive = Numbers.list(count, seed: 100).map { NaiveAdam(weight: Double($0)) }
    for number in 1...steps {
      let g = Self.gradients(count, number)
      for i in naive.indices { _ = naive[i].step(Self.step(number), gradient: Double(g[i])) }
    }
    // Weights below 1 are rounded twice in a step, and so is 1 - rate · decay, as in PyTorch.
    let allowed = 4 * unit * max(4, Double(steps).squareRoot())
    #expect(largestError(result, naive.map(\.weight)) < allowed)
  }

  /// Halves are the same number in other clothes: steps on them and on whole values end with the same bits, and
  /// the upper half is the value rounded to bfloat16.
  @Test(arguments: [1, 17, 100_003])
  func halves(_ count: Int) throws {
    let engine = try Engine()
    let whole = engine.random(1, count, seed: 100, scale: 3)
    let upper: Matrix<BFloat16> = engine.activations.matrix(1, count)
    let lower: Matrix<Int16> = engine.activations.matrix(1, count)
    let halves = WeightStorage.halves(upper: upper, lower: lower)
    engine.split(whole, into: halves)
    let moments = (0..<4).map { _ in engine.zeros(1, count) }
    for number in 1...4 {
      let g = Operand.float32(engine.matrix(1, count, Self.gradients(count, number)))
      for (weight, m) in [(WeightStorage.whole(whole), 0), (halves, 2)] {
        engine.adamW(
          Self.step(number), weight: weight, gradient: g, first: moments[m].data,
          second: moments[m + 1].data)
      }
    }
    engine.add(moments[0], to: .whole(whole))
    engine.add(moments[0], to: halves)
    let joined = engine.zeros(1, count)
    engine.join(halves, into: joined)
    #expect(joined.elements.elementsEqual(whole.elements))
    #expect(
      zip(upper.elements, whole.elements).allSatisfy { abs($0.float - $1) <= 0x1p-8 * abs($1) })
  }

  /// A weight that trains and one that does not are the same to products, also halfway between two bfloat16.
  @Test func halvesRoundAsWholes() throws {
    let engine = try Engine()
    let bits = (0..<70_000).map { UInt32(0x3F80_0000) &+ $0 &* 0x8000 % 0x7F_0000 }
    let whole = engine.matrix(1, bits.count, bits.map { Float(bitPattern: $0) })
    let upper: Matrix<BFloat16> = engine.activations.matrix(1, bits.count)
    let lower: Matrix<Int16> = engine.activations.matrix(1, bits.count)
    engine.split(whole, into: .halves(upper: upper, lower: lower))
    let rounded: Matrix<BFloat16> = engine.activations.matrix(1, bits.count)
    engine.round(weight: whole, into: rounded)
    #expect(zip(upper.elements, rounded.elements).allSatisfy { $0.float == $1.float })
  }

  /// A gradient in bfloat16 is the same number in float32.
  @Test(arguments: [1, 17, 100_003])
  func roundedGradients(_ count: Int) throws {
    let engine = try Engine()
    let exact = engine.matrix(1, count, Self.gradients(count, 1))
    let rounded = engine.activations.matrix(1, count, of: BFloat16.self)
    engine.round(exact, into: rounded)
    engine.widen(rounded, into: exact)
    #expect(engine.sumOfSquares(.bfloat16(rounded)) == engine.sumOfSquares(.float32(exact)))
    let weights = [Operand.bfloat16(rounded), .float32(exact)].map { gradient in
      let w = engine.random(1, count, seed: 100)
      engine.adamW(
        Self.step(1), weight: .whole(w), gradient: gradient, first: engine.zeros(1, count).data,
        second: engine.zeros(1, count).data)
      return Array(w.elements)
    }
    #expect(weights[0] == weights[1])
  }

  @Test func someRows() throws {
    let (rows, columns) = (200, 33)
    let chosen = (0..<rows).filter { $0 % 4 == 1 }.reversed().map(Int32.init)
    let result = try sameBits { engine in
      let w = engine.random(rows, columns, seed: 1), g = engine.random(rows, columns, seed: 2)
      let m = engine.zeros(rows, columns), v = engine.zeros(rows, columns)
      engine.adamW(Self.step(1), columns: columns, rows: chosen.count) { i in
        let at = Int(chosen[i]) * columns
        return AdamRow(
          weight: w.data + at, gradient: g.data + at, first: m.data + at, second: v.data + at)
      }
      return Array(w.elements) + Array(v.elements)
    }
    let w = Numbers.list(rows * columns, seed: 1), g = Numbers.list(rows * columns, seed: 2)
    for i in w.indices {
      var naive = NaiveAdam(weight: Double(w[i]))
      let moves = chosen.contains(Int32(i / columns))
      if moves { _ = naive.step(Self.step(1), gradient: Double(g[i])) }
      #expect(moves ? abs(Double(result[i]) - naive.weight) < 2e-7 : result[i] == w[i])
      #expect(moves || result[w.count + i] == 0)
    }
  }

  @Test func deltas() throws {
    let count = 50_001
    let result = try sameBits { engine in
      let m = engine.zeros(1, count), v = engine.zeros(1, count), delta = engine.zeros(1, count)
      return (1...4).flatMap { number -> [Float] in
        engine.adamDelta(
          Self.step(number, decay: 0), gradient: Self.gradients(count, number), first: m.data,
          second: v.data, delta: delta.data, count: count)
        return Array(delta.elements)
      }
    }
    var naive = [NaiveAdam](repeating: NaiveAdam(weight: 0), count: count)
    let expected = (1...4).flatMap { number -> [Double] in
      let g = Self.gradients(count, number)
      return naive.indices.map {
        naive[$0].step(Self.step(number, decay: 0), gradient: Double(g[$0]))
      }
    }
    #expect(largestError(result, expected) < 1e-2 * 2e-6)
  }
}

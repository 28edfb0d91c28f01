import Foundation
import Testing

@testable import Compute

/// The loops that are neither products nor functions.
@Suite(.serialized) struct ElementwiseTests {
  static let shapes = [[1, 1], [2, 17], [300, 65], [129, 383], [1, 70_001], [70_001, 1]]

  @Test func roundingToBFloat16() throws {
    // All bit patterns of the upper half, with lower halves below, at and above the middle.
    let patterns = (0..<65536 as Range<UInt32>).flatMap { upper in
      [0, 0x7FFF, 0x8000, 0x8001, 0xFFFF].map { upper << 16 | $0 }
    }
    let engine = try Engine()
    let x = engine.matrix(1, patterns.count, patterns.map(Float.init(bitPattern:)))
    let y = engine.activations.matrix(1, patterns.count, of: BFloat16.self)
    let wide = engine.zeros(1, patterns.count)
    engine.round(x, into: y)
    engine.widen(y, into: wide)
    for (i, pattern) in patterns.enumerated() {
      let (exact, result) = (x.data[i], y.data[i].float)
      #expect(wide.data[i].bitPattern == result.bitPattern)
      if exact.isNaN {
        #expect(result.isNaN)
      } else if exact.isNormal, nearestBFloat16(exact).isFinite {
        #expect(result == nearestBFloat16(exact), "\(pattern)")
      } else {
        // Zeros, subnormal numbers, infinities, and what rounds to them: by the bits.
        let tie = pattern & 0xFFFF == 0x8000
        let up = pattern & 0xFFFF > 0x8000 || tie && pattern >> 16 & 1 == 1
        #expect(UInt32(y.data[i].bits) == pattern >> 16 + (up ? 1 : 0))
      }
    }
  }

  @Test(arguments: shapes)
  func sums(_ shape: [Int]) throws {
    let (rows, columns) = (shape[0], shape[1])
    let result = try sameBits { engine in
      let y = engine.random(rows, columns, seed: 1)
      engine.add(engine.random(rows, columns, seed: 2), to: y)
      engine.addBias(engine.random(1, columns, seed: 3), to: y, into: .float32(y))
      let sums = engine.random(1, columns, seed: 4)
      engine.addColumnSums(of: .float32(y), to: sums)
      let squares = engine.sumOfSquares(y.elements)
      return Array(y.elements) + Array(sums.elements) + [Float(squares)]
    }
    let (a, b) = (Numbers.list(rows * columns, seed: 1), Numbers.list(rows * columns, seed: 2))
    let bias = Numbers.list(columns, seed: 3)
    let y = a.indices.map { a[$0] + b[$0] + bias[$0 % columns] }
    #expect(Array(result[..<y.count]) == y)
    var sums = Numbers.list(columns, seed: 4).map(Double.init)
    var magnitudes = sums.map(abs)
    for (i, value) in y.enumerated() {
      sums[i % columns] += Double(value)
      magnitudes[i % columns] += abs(Double(value))
    }
    let allowed = (4 + Double(rows).squareRoot()) * unit
    #expect(
      sums.indices.allSatisfy {
        abs(Double(result[y.count + $0]) - sums[$0]) <= allowed * magnitudes[$0]
      })
    let squares = y.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(abs(Double(result.last ?? 0) - squares) <= 2 * unit * squares)
  }

  @Test func sumsOfAStridedView() throws {
    let engine = try Engine()
    let row: [Float] = [1, 2, 3, 4, 5, 6, 100, 100, 100]
    let all = engine.matrix(5, 9, Array(repeating: row, count: 5).flatMap { $0 })
    let sums = engine.zeros(1, 6)
    let view = Matrix(all.data, rows: 5, columns: 6, stride: 9)
    engine.addColumnSums(of: .float32(view), to: sums)
    #expect(Array(sums.elements) == [5, 10, 15, 20, 25, 30])
  }

  /// Sums and biases of bfloat16 are those of the widened values.
  @Test(arguments: shapes) func bfloat16(_ shape: [Int]) throws {
    let (rows, columns) = (shape[0], shape[1])
    let engine = try Engine()
    let x = engine.random(rows, columns, seed: 1), bias = engine.random(1, columns, seed: 2)
    let half: Matrix<BFloat16> = engine.activations.matrix(rows, columns)
    engine.addBias(bias, to: x, into: .bfloat16(half))
    engine.addBias(bias, to: x, into: .float32(x))
    #expect(zip(half.elements, x.elements).allSatisfy { abs($0.float - $1) <= 0x1p-8 * abs($1) })
    engine.widen(half, into: x)
    let (sums, expected) = (engine.zeros(1, columns), engine.zeros(1, columns))
    engine.addColumnSums(of: .bfloat16(half), to: sums)
    engine.addColumnSums(of: .float32(x), to: expected)
    #expect(sums.elements.elementsEqual(expected.elements))
  }

  @Test(arguments: [1, 17, 384])
  func gathering(_ columns: Int) throws {
    let rows = 90
    let picked = (0..<200).map { Int32($0 * 37 % rows) }
    let someColumns = (0..<columns).filter { $0 % 3 != 1 }.map(Int32.init)
    let x = Numbers.list(rows * columns, seed: 1)
    let result = try sameBits { engine in
      let matrix = engine.matrix(rows, columns, x)
      let y = engine.zeros(picked.count, columns)
      engine.gatherRows(matrix, picked, into: y)
      let narrow = engine.gatherColumns(.float32(matrix), someColumns, in: engine.activations)
      guard case .float32(let narrow) = narrow else { return [] }
      return Array(y.elements) + Array(narrow.elements)
    }
    let byRow = picked.flatMap { x[Int($0) * columns..<(Int($0) + 1) * columns] }
    let byColumn = (0..<rows).flatMap { r in someColumns.map { x[r * columns + Int($0)] } }
    #expect(result == byRow + byColumn)
  }

  @Test func squaresAndGatheredSums() throws {
    let count = 70_001
    let indices = (0..<UInt32(count)).filter { $0 % 11 == 3 }
    let result = try sameBits { engine in
      let y = engine.random(1, count, seed: 1)
      engine.addSquares(of: engine.random(1, count, seed: 2), to: y)
      let out = engine.random(1, indices.count, seed: 3)
      engine.gatherAdding(y.data, indices, count: indices.count, into: out.data)
      return Array(y.elements) + Array(out.elements)
    }
    let (y, x) = (Numbers.list(count, seed: 1), Numbers.list(count, seed: 2))
    let squares = zip(y, x).map { Double($0) + Double($1) * Double($1) }
    #expect(largestError(result[..<count], squares) < 2 * unit)
    let start = Numbers.list(indices.count, seed: 3)
    let gathered = indices.enumerated().map { start[$0] + result[Int($1)] }
    #expect(Array(result[count...]) == gathered)
  }
}

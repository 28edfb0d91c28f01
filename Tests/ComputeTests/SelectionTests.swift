import Testing

@testable import Compute

/// The largest magnitudes against sorting.
@Suite(.serialized) struct SelectionTests {
  /// By a stable sort: the earliest of equals come first.
  private func sorted(_ x: [Float], _ count: Int) -> [UInt32] {
    let order = x.indices.sorted { (abs(x[$0]), $1) > (abs(x[$1]), $0) }
    return order.prefix(count).sorted().map(UInt32.init)
  }

  private func check(_ x: [Float], _ counts: [Int], _ comment: Comment) throws {
    let engine = try Engine()
    let matrix = engine.matrix(1, x.count, x)
    for count in counts {
      // One place more than needed, to see that nothing is written behind the last.
      var indices = [UInt32](repeating: .max, count: count + 1)
      engine.largestMagnitudes(matrix.elements, count: count, into: &indices)
      #expect(indices.last == .max)
      #expect(Array(indices.dropLast()) == sorted(x, count), comment)
    }
    #expect(Array(matrix.elements).map(\.bitPattern) == x.map(\.bitPattern), "x has changed")
  }

  @Test func differentSizes() throws {
    for count in [1, 2, 100, 65_537] {
      let x = Numbers.list(count, seed: UInt64(count)).enumerated().map { $1 / Float(1 + $0 % 97) }
      try check(x, [0, 1, count / 100, count / 2, count - 1, count], "\(count) elements")
    }
  }

  @Test func ties() throws {
    let few: [Float] = [0.5, -0.5, 0, 1, -1, -0.0]
    let x = (0..<5000).map { few[$0 * 7919 % 6] }
    try check(x, [1, 10, 1666, 1667, 2500, 3333, 3334, 4999, 5000], "six values")
  }

  @Test func allEqual() throws {
    for value in [0, -0.0, 3, -3, Float.greatestFiniteMagnitude, .leastNonzeroMagnitude] {
      try check([Float](repeating: value, count: 777), [1, 300, 776, 777], "all \(value)")
    }
  }

  @Test func extremes() throws {
    let x: [Float] = [
      .infinity, -.infinity, .greatestFiniteMagnitude, -.leastNonzeroMagnitude,
      .leastNormalMagnitude, 0, -1e-45, 1, -Float(1).nextUp, Float(1).nextDown,
    ]
    try check(x, Array(0...x.count), "extremes")
  }

  /// Neighbours that differ in the lower half of their bits only.
  @Test func neighbours() throws {
    var value: Float = 1
    var x: [Float] = []
    for i in 0..<40_000 {
      x.append(i % 2 == 0 ? value : -value)
      value = value.nextUp
    }
    try check(x.reversed(), [1, 39, 20_000, 39_999], "neighbours")
  }

  @Test func negative() throws {
    try check(Numbers.list(3000, seed: 4).map { -abs($0) }, [1, 30, 1500], "negative numbers")
  }
}

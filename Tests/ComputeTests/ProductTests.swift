import Testing

@testable import Compute

/// Matrix products against a loop in double precision.
@Suite(.serialized) struct ProductTests {
  /// The shape of a result and the length of its sums.
  struct Shape: CustomStringConvertible {
    let m: Int, n: Int, k: Int
    init(_ m: Int, _ n: Int, _ k: Int) { (self.m, self.n, self.k) = (m, n, k) }
    var description: String { "\(m)x\(n)x\(k)" }

    static let odd = [
      Shape(1, 1, 1), Shape(2, 1, 17), Shape(1, 17, 2), Shape(17, 17, 17), Shape(3, 383, 1),
      Shape(383, 2, 129), Shape(129, 383, 65), Shape(1, 1537, 33), Shape(2049, 5, 7),
      Shape(300, 130, 1), Shape(33, 1600, 31),
    ]
    static let long = [Shape(64, 64, 4096), Shape(768, 768, 1280), Shape(1536, 384, 700)]
  }

  @Test(arguments: Shape.odd, ProductPath.available)
  func everyForm(_ shape: Shape, _ path: ProductPath) throws {
    for form in ProductForm.allCases {
      for precision in Precision.allCases {
        for gap in [0, 3] {
          try check(ProductCase(shape: shape, form: form, gap: gap, precision: precision), path)
        }
      }
    }
  }

  @Test(arguments: Shape.long, ProductPath.available)
  func longSums(_ shape: Shape, _ path: ProductPath) throws {
    for form in ProductForm.allCases {
      for precision in Precision.allCases {
        try check(ProductCase(shape: shape, form: form, gap: 0, precision: precision), path)
      }
    }
  }

  private func check(_ product: ProductCase, _ path: ProductPath) throws {
    for accumulation in [Accumulation.overwrite, .add] {
      let result = try sameBits(threads: [1, 2, 3, 5], precision: product.precision, path) {
        product.run(accumulation, $0)
      }
      #expect(
        product.worstError(of: result, accumulation) < 1,
        "\(path.rawValue) \(product.shape) \(product.form) \(product.precision) \(accumulation), gap \(product.gap)"
      )
    }
  }

  /// A rounded result is within rounding of the wide one, which is summed in the same order or nearly so.
  @Test(arguments: [1, 37, 512], ProductPath.available)
  func roundedResults(_ depth: Int, _ path: ProductPath) throws {
    for form in ProductForm.allCases { try checkRounding(form, depth, path) }
  }

  private func checkRounding(_ form: ProductForm, _ depth: Int, _ path: ProductPath) throws {
    let engine = try Engine(precision: .bfloat16, products: path), (m, n) = (130, 200)
    let a = form == .tn ? (depth, m) : (m, depth)
    let b = form == .nt ? (n, depth) : (depth, n)
    let left = engine.operand(engine.random(a.0, a.1, seed: 1), in: engine.activations)
    let right = engine.operand(engine.random(b.0, b.1, seed: 2), in: engine.activations)
    let wide = engine.zeros(m, n), narrow = engine.activations.matrix(m, n, of: BFloat16.self)
    engine.multiply(form, left, right, into: wide)
    for (accumulation, times) in [(Accumulation.overwrite, Float(1)), (.add, 2)] {
      engine.multiply(form, left, right, into: .bfloat16(narrow), accumulation)
      let scale = wide.elements.reduce(0) { max($0, abs($1)) } * times
      #expect(
        zip(narrow.elements, wide.elements).allSatisfy {
          abs($0.float - times * $1) <= 0x1p-8 * abs(times * $1) * times + 1e-5 * scale
        })
    }
  }

  @Test func emptySums() throws {
    let engine = try Engine()
    let (a, b) = (engine.zeros(3, 0), engine.zeros(5, 0))
    let c = engine.random(3, 5, seed: 1)
    let before = Array(c.elements)
    engine.multiply(.nt, a, b, into: c, .add)
    #expect(Array(c.elements) == before)
    engine.multiply(.nt, a, b, into: c)
    #expect(c.elements.allSatisfy { $0 == 0 })
  }

  @Test func emptyResults() throws {
    let engine = try Engine()
    engine.multiply(
      .nn, engine.zeros(0, 4), engine.random(4, 7, seed: 1), into: engine.zeros(0, 7))
    engine.multiply(
      .tn, engine.zeros(4, 0), engine.random(4, 7, seed: 1), into: engine.zeros(0, 7))
  }

  @Test func tilesCoverEveryElementOnce() {
    for m in [1, 2, 255, 256, 257, 767, 768, 2047, 2048, 2049, 6000] {
      for n in [1, 15, 17, 127, 128, 129, 383, 384, 1535, 1536, 1537, 3072] {
        for size in [TileGrid.Size.oneDNN, .blas, .blasGradient] {
          checkTiles(TileGrid(m, n, size), m, n)
        }
      }
    }
  }

  private func checkTiles(_ grid: TileGrid, _ m: Int, _ n: Int) {
    let tiles = (0..<grid.count).map { grid[$0] }
    #expect(tiles.allSatisfy { !$0.rows.isEmpty && !$0.columns.isEmpty })
    #expect(tiles.reduce(0) { $0 + $1.rows.count * $1.columns.count } == m * n)
    let corners = Set(tiles.map { [$0.rows.lowerBound, $0.columns.lowerBound] })
    #expect(corners.count == tiles.count)
    #expect(tiles.allSatisfy { $0.rows.upperBound <= m && $0.columns.upperBound <= n })
  }
}

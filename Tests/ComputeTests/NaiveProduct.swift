@testable import Compute

/// One product with operands from fixed seeds, and its elements in double precision.
struct ProductCase {
  let shape: ProductTests.Shape
  let form: ProductForm
  /// How many elements lie between the end of a row and the next one, in all three matrices.
  let gap: Int
  let precision: Precision

  private var aSize: (rows: Int, columns: Int) {
    form == .tn ? (shape.k, shape.m) : (shape.m, shape.k)
  }
  private var bSize: (rows: Int, columns: Int) {
    form == .nt ? (shape.n, shape.k) : (shape.k, shape.n)
  }
  /// What lies in the gaps: were it read, it would show.
  private static let filler: Float = 1e9

  private func values(_ size: (rows: Int, columns: Int), seed: UInt64) -> [Float] {
    var numbers = Numbers(seed: seed)
    return (0..<size.rows * (size.columns + gap)).map {
      $0 % (size.columns + gap) < size.columns ? numbers.next() : Self.filler
    }
  }

  private func view(_ size: (rows: Int, columns: Int), seed: UInt64, _ engine: Engine)
    -> Matrix<Float>
  {
    let all = engine.matrix(size.rows, size.columns + gap, values(size, seed: seed))
    return Matrix(all.data, rows: size.rows, columns: size.columns, stride: size.columns + gap)
  }

  /// The result with its gaps.
  func run(_ accumulation: Accumulation, _ engine: Engine) -> [Float] {
    let a = view(aSize, seed: 1, engine), b = view(bSize, seed: 2, engine)
    let c = view((shape.m, shape.n), seed: 3, engine)
    switch precision {
    case .float32: engine.multiply(form, a, b, into: c, accumulation)
    case .bfloat16:
      engine.multiply(form, rounded(a, engine), rounded(b, engine), into: c, accumulation)
    }
    return Array(UnsafeBufferPointer(start: c.data, count: shape.m * c.stride))
  }

  private func rounded(_ x: Matrix<Float>, _ engine: Engine) -> Matrix<BFloat16> {
    let whole = engine.activations.matrix(x.rows, x.stride, of: BFloat16.self)
    engine.round(Matrix(x.data, rows: x.rows, columns: x.stride), into: whole)
    return Matrix(whole.data, rows: x.rows, columns: x.columns, stride: x.stride)
  }

  /// The largest error of an element as a share of what rounding may cause; infinite when a gap changed.
  ///
  /// Products of bfloat16 numbers are exact in float32, so both precisions have the error of the sum: at most
  /// k roundings of a partial sum, which mostly cancel.
  func worstError(of result: [Float], _ accumulation: Accumulation) -> Double {
    let a = values(aSize, seed: 1).map(operand), b = values(bSize, seed: 2).map(operand)
    let c = values((shape.m, shape.n), seed: 3)
    let (aStride, bStride, cStride) = (aSize.columns + gap, bSize.columns + gap, shape.n + gap)
    let allowed = (4 + Double(shape.k).squareRoot()) * unit
    // Of large results every so many elements are enough.
    let step = max(1, shape.m * shape.n * shape.k / 60_000_000) | 1
    var worst = 0.0
    for index in stride(from: 0, to: shape.m * shape.n, by: step) {
      let (i, j) = index.quotientAndRemainder(dividingBy: shape.n)
      let initial = accumulation == .add ? Double(c[i * cStride + j]) : 0
      var (sum, magnitude) = (initial, abs(initial))
      for l in 0..<shape.k {
        let left = form == .tn ? a[l * aStride + i] : a[i * aStride + l]
        let right = form == .nt ? b[j * bStride + l] : b[l * bStride + j]
        sum += left * right
        magnitude += abs(left * right)
      }
      let error = abs(Double(result[i * cStride + j]) - sum) / (allowed * magnitude)
      worst = error.isFinite ? max(worst, error) : .infinity
    }
    for i in 0..<shape.m {
      for j in shape.n..<cStride where result[i * cStride + j] != Self.filler { worst = .infinity }
    }
    return worst
  }

  /// An element as the product sees it.
  private func operand(_ x: Float) -> Double {
    precision == .float32 ? Double(x) : Double(nearestBFloat16(x))
  }
}

/// The nearest number of eight significant bits, ties to even: x plus and minus a number so much larger that
/// only eight bits of x are left.
func nearestBFloat16(_ x: Float) -> Float {
  guard x.isNormal else { return x }
  let large = Double(sign: .plus, exponent: Int(x.exponent) + 45, significand: 1.5)
  return Float((Double(x) + large) - large)
}

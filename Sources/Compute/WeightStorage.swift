import CKernels

/// Where the float32 values of a weight are.
///
/// A weight that trains is read by products at every step. In bfloat16 it is held in two halves: the upper is
/// the value rounded to bfloat16, which products read as it is; the lower is what is missing of the
/// value's bits. So there is no second copy, and no pass that makes it.
package enum WeightStorage {
  case whole(Matrix<Float>)
  case halves(upper: Matrix<BFloat16>, lower: Matrix<Int16>)
  /// As a file has it, for a weight that does not train.
  case stored(StoredMatrix)

  var count: Int {
    switch self {
    case .whole(let values): values.count
    case .halves(let upper, _): upper.count
    case .stored(let matrix): matrix.rows * matrix.columns
    }
  }

  var kernel: ck_weight {
    switch self {
    case .whole(let values): ck_weight(f32: values.data, upper: nil, lower: nil)
    case .halves(let upper, let lower): ck_weight(f32: nil, upper: upper.bits, lower: lower.data)
    case .stored: preconditionFailure("a weight of a file cannot be written")
    }
  }
}

extension Engine {
  /// Takes values apart into halves.
  package func split(_ x: Matrix<Float>, into halves: WeightStorage) {
    parallel(x.count, grain: 4 * Self.grain) {
      kernels.split(x.data, halves.kernel, $0.lowerBound, $0.upperBound)
    }
  }

  /// The upper half of a weight that is held as a whole: products read the same, whether it trains or not.
  package func round(weight x: Matrix<Float>, into upper: Matrix<BFloat16>) {
    parallel(x.count, grain: 4 * Self.grain) {
      kernels.upper_halves(x.data, upper.bits, $0.lowerBound, $0.upperBound)
    }
  }

  /// Puts halves together again.
  package func join(_ halves: WeightStorage, into x: Matrix<Float>) {
    parallel(x.count, grain: 4 * Self.grain) {
      kernels.join(halves.kernel, x.data, $0.lowerBound, $0.upperBound)
    }
  }

  /// weight += x
  package func add(_ x: Matrix<Float>, to weight: WeightStorage) {
    precondition(x.count == weight.count && x.stride == x.columns)
    parallel(x.count, grain: 4 * Self.grain) {
      kernels.add_to_weight(weight.kernel, x.data, $0.lowerBound, $0.upperBound)
    }
  }
}

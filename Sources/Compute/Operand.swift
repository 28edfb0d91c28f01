import CKernels
import Foundation

/// A matrix in whichever precision the engine multiplies.
package enum Operand {
  case float32(Matrix<Float>)
  case bfloat16(Matrix<BFloat16>)

  package var rows: Int {
    switch self {
    case .float32(let m): m.rows
    case .bfloat16(let m): m.rows
    }
  }

  package var columns: Int {
    switch self {
    case .float32(let m): m.columns
    case .bfloat16(let m): m.columns
    }
  }

  var stride: Int {
    switch self {
    case .float32(let m): m.stride
    case .bfloat16(let m): m.stride
    }
  }

  var count: Int { rows * columns }

  /// The rows in `range`, as a view of the same memory.
  package func rows(_ range: Range<Int>) -> Operand {
    switch self {
    case .float32(let m): .float32(m.rows(range))
    case .bfloat16(let m): .bfloat16(m.rows(range))
    }
  }

  /// Takes the elements of another matrix of the same shape and precision, without gaps.
  package func copy(_ other: Operand) {
    precondition(rows == other.rows && columns == other.columns && stride == other.stride)
    switch (self, other) {
    case (.float32(let to), .float32(let from)): to.data.update(from: from.data, count: count)
    case (.bfloat16(let to), .bfloat16(let from)): to.data.update(from: from.data, count: count)
    default: preconditionFailure("operands of different precision")
    }
  }

  /// Makes the elements of a matrix without gaps zero.
  package func zero() {
    precondition(stride == columns)
    switch self {
    case .float32(let m): memset(m.data, 0, count * MemoryLayout<Float>.stride)
    case .bfloat16(let m): memset(m.data, 0, count * MemoryLayout<BFloat16>.stride)
    }
  }

  /// The form that kernels take.
  var kernel: ck_operand {
    switch self {
    case .float32(let m): ck_operand(f32: m.data, bf16: nil)
    case .bfloat16(let m): ck_operand(f32: nil, bf16: m.bits)
    }
  }
}

extension Operand? {
  /// The form that kernels take: no pointer for nothing.
  var kernel: ck_operand { self?.kernel ?? ck_operand(f32: nil, bf16: nil) }
}

extension Matrix<BFloat16> {
  /// The elements as kernels see them.
  var bits: UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(data).assumingMemoryBound(to: UInt16.self)
  }
}

extension ck_operand {
  /// The elements from `offset` on.
  func advanced(by offset: Int) -> ck_operand {
    ck_operand(f32: f32.map { $0 + offset }, bf16: bf16.map { $0 + offset })
  }
}

extension Engine {
  /// Room for a matrix in the precision of products.
  package func operand(_ rows: Int, _ columns: Int, in arena: Arena) -> Operand {
    switch precision {
    case .float32: .float32(arena.matrix(rows, columns))
    case .bfloat16: .bfloat16(arena.matrix(rows, columns))
    }
  }

  /// Room for the float32 values that `operand` will be rounded from: itself in float32.
  package func wide(_ operand: Operand) -> Matrix<Float> {
    if case .float32(let values) = operand { return values }
    return scratch.matrix(operand.rows, operand.columns)
  }

  /// Room for the operand that `values` will be rounded to: itself in float32.
  package func narrow(_ values: Matrix<Float>, in arena: Arena) -> Operand {
    precision == .float32 ? .float32(values) : operand(values.rows, values.columns, in: arena)
  }

  /// `x` as the operand of a product: itself in float32, a rounded copy from `arena` in bfloat16.
  package func operand(_ x: Matrix<Float>, in arena: Arena) -> Operand {
    guard precision == .bfloat16 else { return .float32(x) }
    let rounded = arena.matrix(x.rows, x.columns, of: BFloat16.self)
    round(x, into: rounded)
    return .bfloat16(rounded)
  }

  /// y = x, rounded where y is.
  package func copy(_ x: Matrix<Float>, into y: Operand) {
    switch y {
    case .float32(let values): values.data.update(from: x.data, count: x.count)
    case .bfloat16(let rounded): round(x, into: rounded)
    }
  }

  /// y = x, rounded to nearest even.
  package func round(_ x: Matrix<Float>, into y: Matrix<BFloat16>) {
    guard let from = x.elements.baseAddress, y.elements.baseAddress != nil else { return }
    parallel(x.count, grain: 4 * Self.grain) {
      kernels.to_bfloat16(from, y.bits, $0.lowerBound, $0.upperBound)
    }
  }

  /// y = x, exactly.
  package func widen(_ x: Matrix<BFloat16>, into y: Matrix<Float>) {
    parallel(x.count, grain: 4 * Self.grain) {
      kernels.from_bfloat16(x.bits, y.data, $0.lowerBound, $0.upperBound)
    }
  }
}

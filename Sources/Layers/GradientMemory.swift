import Compute

/// Memory of a gradient, in the precision that it is held in.
enum GradientMemory {
  case float32(Buffer<Float>)
  case bfloat16(Buffer<BFloat16>)

  /// Memory for `count` zeros.
  init(_ count: Int, _ precision: Precision, _ ledger: MemoryLedger) {
    switch precision {
    case .float32: self = .float32(Buffer(count: count, .gradients, ledger))
    case .bfloat16: self = .bfloat16(Buffer(count: count, .gradients, ledger))
    }
  }

  func zero() {
    switch self {
    case .float32(let buffer): buffer.zero()
    case .bfloat16(let buffer): buffer.zero()
    }
  }

  func operand(_ rows: Int, _ columns: Int) -> Operand {
    switch self {
    case .float32(let buffer): .float32(buffer.matrix(rows: rows, columns: columns))
    case .bfloat16(let buffer): .bfloat16(buffer.matrix(rows: rows, columns: columns))
    }
  }
}

import Compute

/// The coordinates in which one axis (of `size` entries) of a weight's gradient is looked at.
package enum Coordinates {
  /// The axis as it is.
  case all(size: Int)
  /// Some entries of it.
  case subset(Indices, size: Int)
  /// The leading vectors of an orthogonal basis.
  case rotated(Rotation)

  /// How many coordinates a share of an axis is.
  package static func count(of size: Int, share: Double) -> Int {
    max(1, Int((Double(size) * share).rounded()))
  }

  /// How many coordinates there are.
  package var count: Int {
    switch self {
    case .all(let size): size
    case .subset(let indices, _): indices.values.count
    case .rotated(let rotation): rotation.vectors.rows
    }
  }

  /// How many entries the axis has.
  package var size: Int {
    switch self {
    case .all(let size), .subset(_, let size): size
    case .rotated(let rotation): rotation.vectors.columns
    }
  }

  /// x [rows, size] in these coordinates [rows, count].
  /// - Parameter arena: where the result lives; x itself is returned when the axis is taken as it is.
  package func project(_ x: Operand, in arena: Arena, _ engine: Engine) -> Operand {
    switch self {
    case .all: return x
    case .subset(let indices, _): return engine.gatherColumns(x, indices.values, in: arena)
    case .rotated(let rotation):
      guard engine.precision == .bfloat16 else {
        let result = arena.matrix(x.rows, count, of: Float.self)
        engine.multiply(.nt, x, .float32(rotation.vectors), into: result)
        return .float32(result)
      }
      let result = arena.matrix(x.rows, count, of: BFloat16.self)
      engine.scratch.scope {
        let wide = engine.scratch.matrix(x.rows, count, of: Float.self)
        engine.multiply(.nt, x, rotation.operand(engine), into: wide)
        engine.round(wide, into: result)
      }
      return .bfloat16(result)
    }
  }

  /// A list of entries, ascending.
  package final class Indices {
    package let values: [Int32]
    package init(_ values: [Int32]) { self.values = values }
  }
}

/// The leading rows of an orthogonal matrix.
package final class Rotation {
  /// [count, size]; rows are orthonormal.
  package let vectors: Matrix<Float>
  private let owner: Buffer<Float>
  private var rounded: Buffer<BFloat16>?

  /// The leading `rows` vectors; when these are not all, a copy of them, so that the others need not stay.
  package init(_ all: Buffer<Float>, rows: Int, columns: Int, _ ledger: MemoryLedger) {
    if rows * columns == all.count {
      owner = all
    } else {
      owner = Buffer(count: rows * columns, .basis, ledger)
      owner.data.update(from: all.data, count: rows * columns)
    }
    vectors = owner.matrix(rows: rows, columns: columns)
  }

  package func operand(_ engine: Engine) -> Operand {
    guard engine.precision == .bfloat16 else { return .float32(vectors) }
    if let rounded {
      return .bfloat16(rounded.matrix(rows: vectors.rows, columns: vectors.columns))
    }
    let copy = Buffer<BFloat16>(count: vectors.count, .basis, engine.ledger)
    let matrix = copy.matrix(rows: vectors.rows, columns: vectors.columns)
    engine.round(vectors, into: matrix)
    rounded = copy
    return .bfloat16(matrix)
  }
}

import Compute

/// Rows between layers: their values, and the same as an operand of products.
package struct Hidden {
  package let values: Matrix<Float>
  package let operand: Operand

  package init(values: Matrix<Float>, operand: Operand) {
    self.values = values
    self.operand = operand
  }

  /// Rows that are there already; the operand lives in `arena`.
  package init(_ values: Matrix<Float>, in arena: Arena, _ engine: Engine) {
    self.init(values: values, operand: engine.operand(values, in: arena))
  }

  /// The rounded copy that whoever writes the values has to write too; nil when the values are the operand.
  var rounded: Matrix<BFloat16>? {
    if case .bfloat16(let rounded) = operand { rounded } else { nil }
  }
}

/// Whether something outlives the forward pass.
package enum Lifetime {
  case untilNext
  case untilBackward
}

/// The memory of the rows between layers. What a layer makes is read by the next one and, as a residual, by
/// nobody after that: two places are enough, but for what the backward pass needs.
///
/// Belongs inside a `scope` of the engine's scratch memory.
package final class HiddenStream {
  private let engine: Engine
  private let values: [Matrix<Float>]
  private let operands: [Operand]
  private var turn = 0

  /// Room for rows [rows, columns].
  package init(_ rows: Int, _ columns: Int, _ engine: Engine) {
    self.engine = engine
    let values = (0..<2).map { _ in engine.scratch.matrix(rows, columns, of: Float.self) }
    self.values = values
    operands = values.map { values in
      engine.precision == .float32
        ? .float32(values) : engine.operand(rows, columns, in: engine.scratch)
    }
  }

  /// The place for the next layer's result.
  package func next(_ rows: Int, operand lifetime: Lifetime) -> Hidden {
    turn = 1 - turn
    let place = Hidden(values: values[turn].rows(0..<rows), operand: operands[turn].rows(0..<rows))
    guard lifetime == .untilBackward else { return place }
    let kept = engine.operand(rows, place.values.columns, in: engine.activations)
    if case .float32(let values) = kept { return Hidden(values: values, operand: kept) }
    return Hidden(values: place.values, operand: kept)
  }
}

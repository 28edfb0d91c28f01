import Checkpoints
import Compute
import Foundation
import Layers

/// A parameter trained as a whole by AdamW.
///
/// Of a table, only rows that some batch has read have moments: the others' gradients have always been
/// zero, so without weight decay a step does not move them, and nothing is computed for them.
final class DenseParameter: Trainable {
  private let parameter: Parameter
  private let decays: Bool
  private let first: Buffer<Float>
  private let second: Buffer<Float>
  /// For tables: the rows with moments.
  private var activeRows: RowSet?

  /// Which parameters of a model decay.
  enum Decay {
    /// As `transformers` has it: biases and normalisations do not.
    static func applies(to parameter: Parameter) -> Bool { parameter.shape.count > 1 }
  }

  init(_ parameter: Parameter, _ engine: Engine) {
    self.parameter = parameter
    decays = Decay.applies(to: parameter)
    parameter.trainDensely(engine)
    first = Buffer(count: parameter.count, .optimizer, engine.ledger)
    second = Buffer(count: parameter.count, .optimizer, engine.ledger)
    if parameter.part == .embeddings {
      parameter.touchedRows = RowSet(count: parameter.value.rows)
      activeRows = RowSet(count: parameter.value.rows)
    }
  }

  var name: String { parameter.name }
  var trainableCount: Int { parameter.count }

  private var gradient: Matrix<Float> {
    guard let gradient = parameter.gradient else {
      preconditionFailure("\(name) has lost its gradient")
    }
    return gradient
  }

  func squaredGradientNorm(_ engine: Engine) -> Double {
    guard let touched = parameter.touchedRows else {
      return engine.sumOfSquares(gradient.elements)
    }
    return touched.rows.reduce(0) { $0 + engine.sumOfSquares(gradient[row: Int($1)]) }
  }

  func step(_ step: AdamStep, _ engine: Engine) {
    var step = step
    if !decays { step.weightDecay = 0 }
    if let touched = parameter.touchedRows, step.weightDecay == 0 {
      for row in touched.rows { activeRows?.insert(row) }
      update(rows: activeRows?.rows ?? [], step, engine)
      for row in touched.rows { gradient[row: Int(row)].update(repeating: 0) }
    } else {
      engine.adamW(
        step, weight: parameter.value.data, gradient: gradient.data, first: first.data,
        second: second.data, count: parameter.count)
      memset(gradient.data, 0, parameter.count * MemoryLayout<Float>.stride)
    }
    parameter.touchedRows?.removeAll()
    parameter.valueChanged()
  }

  private func update(rows: [Int32], _ step: AdamStep, _ engine: Engine) {
    let width = gradient.columns
    engine.adamW(
      step, weight: parameter.value.data, gradient: gradient.data, first: first.data,
      second: second.data, rows: rows, columns: width)
  }

  func isFinite(_ engine: Engine) -> Bool {
    engine.sumOfSquares(parameter.value.elements).isFinite
  }

  func state() -> [NamedTensor] {
    [("first_moment", first), ("second_moment", second)].map { kind, buffer in
      NamedTensor("\(name).\(kind)", shape: parameter.shape, buffer)
    }
  }

  func restore(_ state: Checkpoint, _ engine: Engine) throws {
    for (kind, buffer) in [("first_moment", first), ("second_moment", second)] {
      try state.tensor("\(name).\(kind)", shape: parameter.shape).copy(to: buffer.elements)
    }
    guard activeRows != nil else { return }
    let width = parameter.value.columns
    for row in 0..<parameter.value.rows {
      let hasMoments = [first, second].contains { moments in
        moments.elements[row * width..<(row + 1) * width].contains { $0 != 0 }
      }
      if hasMoments { activeRows?.insert(Int32(row)) }
    }
  }
}

extension NamedTensor {
  /// A tensor of a buffer's first elements.
  init(_ name: String, shape: [Int], _ buffer: Buffer<Float>) {
    self.init(name, .float32, shape: shape) { body in
      try body(
        UnsafeRawBufferPointer(
          UnsafeBufferPointer(start: buffer.data, count: shape.reduce(1, *))))
    }
  }

  /// The same for indices.
  init(_ name: String, shape: [Int], _ buffer: Buffer<UInt32>) {
    self.init(name, .uint32, shape: shape) { body in
      try body(
        UnsafeRawBufferPointer(
          UnsafeBufferPointer(start: buffer.data, count: shape.reduce(1, *))))
    }
  }
}

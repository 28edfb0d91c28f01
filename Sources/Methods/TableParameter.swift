import Compute
import Foundation
import Layers
import Weights

/// A table of embeddings trained by AdamW, with moments for the rows that some batch has read.
///
/// The others' gradients have always been zero, so a step does to them what weight decay does.
final class TableParameter: Trainable {
  let parameter: Parameter
  private let gradient: RowGradient
  /// The rows with moments, in the order in which they came.
  private var rows: [Int32] = []
  private var moments: [Moments?]
  private let memory: Arena
  /// The gradient of rows that this step has not read.
  private let zeros: Buffer<Float>

  private struct Moments {
    let first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>
  }

  /// - Throws: `InputError` when the system refuses the address space.
  init(_ parameter: Parameter, _ engine: Engine) throws {
    self.parameter = parameter
    gradient = try parameter.trainRows(engine)
    moments = Array(repeating: nil, count: parameter.rows)
    memory = try Arena(
      .optimizer, engine.ledger,
      room: 2 * parameter.rows * Arena.size(parameter.columns, of: Float.self))
    zeros = Buffer(count: parameter.columns, .optimizer, engine.ledger)
  }

  var name: String { parameter.name }
  var trainableCount: Int { parameter.count }
  private var width: Int { parameter.columns }

  func squaredGradientNorm(_ engine: Engine) -> Double {
    gradient.rows.reduce(0) { sum, row in
      sum + (gradient.row(row).map(engine.sumOfSquares) ?? 0)
    }
  }

  func step(_ step: AdamStep, _ engine: Engine) {
    for row in gradient.rows { addMoments(row) }
    let value = parameter.value
    engine.adamW(step, columns: width, rows: rows.count) { i in
      let row = Int(self.rows[i])
      return self.moments[row].map { moments in
        AdamRow(
          weight: value.data + row * value.stride,
          gradient: self.gradient.row(Int32(row))?.baseAddress ?? self.zeros.data,
          first: moments.first, second: moments.second)
      }
    }
    if step.weightDecay > 0 { decayOthers(step, engine) }
    gradient.removeAll()
    parameter.valueChanged()
  }

  private func decayOthers(_ step: AdamStep, _ engine: Engine) {
    let value = parameter.value
    for row in moments.indices where moments[row] == nil {
      engine.scale(value.rows(row..<row + 1), by: 1 - step.learningRate * step.weightDecay)
    }
  }

  private func addMoments(_ row: Int32) {
    guard moments[Int(row)] == nil else { return }
    func zeros() -> UnsafeMutablePointer<Float> {
      let place = memory.allocate(width, of: Float.self)
      memset(place, 0, width * MemoryLayout<Float>.stride)
      return place
    }
    moments[Int(row)] = Moments(first: zeros(), second: zeros())
    rows.append(row)
  }

  func isFinite(_ engine: Engine) -> Bool {
    parameter.isFinite(engine)
  }

  // MARK: State

  func state() -> [NamedTensor] {
    let sorted = rows.sorted()
    let indices = sorted.map { UInt32($0) }
    func tensor(_ kind: String, _ side: KeyPath<Moments, UnsafeMutablePointer<Float>>)
      -> NamedTensor
    {
      NamedTensor("\(name).\(kind)", .float32, shape: [sorted.count, width]) { body in
        for row in sorted {
          guard let moments = self.moments[Int(row)] else { continue }
          try body(
            UnsafeRawBufferPointer(
              UnsafeBufferPointer(start: moments[keyPath: side], count: self.width)))
        }
      }
    }
    return [
      NamedTensor("\(name).rows", .uint32, shape: [sorted.count]) {
        try indices.withUnsafeBytes($0)
      },
      tensor("first_moment", \.first), tensor("second_moment", \.second),
    ]
  }

  func restore(_ state: Checkpoint, _ engine: Engine) throws {
    let saved = try state.tensor("\(name).rows")
    var indices = [UInt32](repeating: 0, count: saved.info.count)
    try indices.withUnsafeMutableBufferPointer {
      try saved.copyIndices(to: $0, below: moments.count)
    }
    for row in indices { addMoments(Int32(row)) }
    for (kind, side) in [("first_moment", \Moments.first), ("second_moment", \Moments.second)] {
      let tensor = try state.tensor("\(name).\(kind)", shape: [indices.count, width])
      let all = try tensor.floats()
      for (i, row) in indices.enumerated() {
        guard let moments = moments[Int(row)] else { continue }
        all.withUnsafeBufferPointer {
          guard let start = $0.baseAddress else { return }
          moments[keyPath: side].update(from: start + i * width, count: width)
        }
      }
    }
  }
}

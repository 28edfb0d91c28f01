import Compute
import Foundation

/// The gradient of a table of which a step reads few rows: only those have memory.
package final class RowGradient {
  /// The rows that have a gradient, in the order in which they were first read.
  package private(set) var rows: [Int32] = []
  private var places: [UnsafeMutablePointer<Float>?]
  private let width: Int
  private let memory: Arena
  private let start: Arena.Mark

  /// - Throws: `InputError` when the system refuses the address space.
  init(_ table: Matrix<Float>, _ engine: Engine) throws {
    places = Array(repeating: nil, count: table.rows)
    width = table.columns
    memory = try Arena(
      .gradients, engine.ledger, room: table.rows * Arena.size(width, of: Float.self))
    start = memory.mark
  }

  /// The gradient of row `row`, nil when it is zero.
  package func row(_ row: Int32) -> UnsafeMutableBufferPointer<Float>? {
    places[Int(row)].map { UnsafeMutableBufferPointer(start: $0, count: width) }
  }

  /// Adds row r of dy to the gradient of row indices[r].
  ///
  /// Threads share columns, not rows: gradients of the same row are then added in the batch's order.
  package func add(_ dy: Matrix<Float>, at indices: [Int32], _ engine: Engine) {
    for row in indices where places[Int(row)] == nil {
      let place = memory.allocate(width, of: Float.self)
      memset(place, 0, width * MemoryLayout<Float>.stride)
      places[Int(row)] = place
      rows.append(row)
    }
    engine.parallel(width, grain: 128) { columns in
      for (r, row) in indices.enumerated() {
        guard let place = places[Int(row)] else { continue }
        engine.axpy(
          1, dy.data + r * dy.stride + columns.lowerBound, place + columns.lowerBound,
          columns.count)
      }
    }
  }

  /// Makes the gradient zero.
  package func removeAll() {
    for row in rows { places[Int(row)] = nil }
    rows.removeAll(keepingCapacity: true)
    memory.reset(to: start)
  }
}

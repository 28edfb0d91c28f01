import Compute
import Foundation

/// Rotary positions (Su et al., 2021): queries and keys are turned by angles that grow with the position, so that their
/// products depend on distances alone.
package final class RotaryPositions {
  /// The angle by which each pair of columns turns from one position to the next [half of a head], in radians.
  private let frequencies: [Double]
  /// What turned vectors are multiplied by.
  private let scale: Double
  private var table: (rows: Int, buffer: Buffer<Float>)?

  /// - Parameters:
  ///   - frequencies: the angle for each pair of columns, in radians a position.
  ///   - scale: what turned vectors are multiplied by (YaRN's attention factor); 1 for none.
  package init(frequencies: [Double], scale: Double = 1) {
    self.frequencies = frequencies
    self.scale = scale
  }

  /// Cosines and sines of at least so many positions.
  private func table(_ positions: Int, _ engine: Engine) -> RotaryTable {
    let half = frequencies.count
    var rows = table?.rows ?? 0
    if rows < positions {
      rows = max(positions, 2 * rows)
      let buffer = Buffer<Float>(count: 2 * rows * half, .temporary, engine.ledger)
      for position in 0..<rows {
        for (i, frequency) in frequencies.enumerated() {
          // As `transformers` has it: angles are float32 products of float32 numbers.
          let angle = Double(Float(position) * Float(frequency))
          buffer.data[position * half + i] = Float(cos(angle) * scale)
          buffer.data[(rows + position) * half + i] = Float(sin(angle) * scale)
        }
      }
      table = (rows, buffer)
    }
    guard let data = table?.buffer.data else { preconditionFailure("a table without positions") }
    return RotaryTable(
      cosines: Matrix(data, rows: rows, columns: half),
      sines: Matrix(data + rows * half, rows: rows, columns: half))
  }

  /// y = x, turned; y may be x.
  package func rotate(
    _ x: Operand, into y: Operand, _ rotation: Engine.Rotation, positions: [Int32], _ engine: Engine
  ) {
    let count = Int(positions.max() ?? 0) + 1
    engine.rotate(x, into: y, rotation, positions: positions, table(count, engine))
  }
}

import Compute

/// What a parameter's value differs by from what it was loaded with, while it trains.
package protocol ParameterChange: AnyObject {
  /// The change, [rows, columns] of the parameter, as it is now.
  func current(_ engine: Engine) -> LowRankChange
}

extension Parameter {
  /// A value that is the sum of what was loaded, which stays where it is, and of a change.
  struct ChangedValue {
    let change: any ParameterChange
    /// The sum, rounded: what products read.
    let sum: Operand
    /// What holds the sum.
    let owner: AnyObject

    init(_ change: any ParameterChange, _ rows: Int, _ columns: Int, _ engine: Engine) {
      self.change = change
      switch engine.precision {
      case .float32:
        let buffer = Buffer<Float>(count: rows * columns, .weights, engine.ledger)
        (owner, sum) = (buffer, .float32(buffer.matrix(rows: rows, columns: columns)))
      case .bfloat16:
        let buffer = Buffer<BFloat16>(count: rows * columns, .weights, engine.ledger)
        (owner, sum) = (buffer, .bfloat16(buffer.matrix(rows: rows, columns: columns)))
      }
    }
  }
}

import Compute

/// The keys and values of the tokens of one sequence that were read before, in one block: what generation does not
/// compute again.
package final class KeyValueCache {
  /// How many tokens are in it.
  package private(set) var count = 0
  private var keys: Room?
  private var values: Room?

  package init() {}

  /// Forgets all tokens but the first `count`.
  package func keep(first count: Int) { self.count = min(count, self.count) }

  /// Rows in memory that grows.
  private struct Room {
    let operand: Operand
    let owner: AnyObject
  }

  /// Adds rows, and returns all that are there now.
  func append(_ keys: Operand, _ values: Operand, _ engine: Engine) -> (
    keys: Operand, values: Operand
  ) {
    let total = count + keys.rows
    func added(_ rows: Operand, to room: inout Room?) -> Operand {
      let grown = self.room(room, total, rows.columns, engine)
      grown.operand.rows(count..<total).copy(rows)
      room = grown
      return grown.operand.rows(0..<total)
    }
    let all = (added(keys, to: &self.keys), added(values, to: &self.values))
    count = total
    return all
  }

  private func room(_ old: Room?, _ rows: Int, _ columns: Int, _ engine: Engine) -> Room {
    if let old, old.operand.rows >= rows { return old }
    let capacity = max(rows, 2 * count, 64)
    let new: Room
    switch engine.precision {
    case .float32:
      let buffer = Buffer<Float>(count: capacity * columns, .activations, engine.ledger)
      new = Room(
        operand: .float32(buffer.matrix(rows: capacity, columns: columns)), owner: buffer)
    case .bfloat16:
      let buffer = Buffer<BFloat16>(count: capacity * columns, .activations, engine.ledger)
      new = Room(
        operand: .bfloat16(buffer.matrix(rows: capacity, columns: columns)), owner: buffer)
    }
    if let old { new.operand.rows(0..<count).copy(old.operand.rows(0..<count)) }
    return new
  }
}

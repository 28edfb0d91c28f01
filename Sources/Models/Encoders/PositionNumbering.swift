/// How tokens take rows of the position table.
enum PositionNumbering: Hashable, Sendable {
  /// The first token takes row 0.
  case fromZero
  /// The first token takes the row after this padding id, and padding tokens that a text may hold take that
  /// row without being counted, as in RoBERTa.
  case afterPadding(Int32)

  /// The longest sequence for which a table of so many rows has positions.
  func maximumLength(of rows: Int) -> Int {
    switch self {
    case .fromZero: rows
    case .afterPadding(let padding): rows - Int(padding) - 1
    }
  }

  /// The row of every token of a batch.
  func rows(_ batch: TokenBatch) -> [Int32] {
    batch.sequences.flatMap { tokens in
      switch self {
      case .fromZero:
        return Array(0..<Int32(tokens.count))
      case .afterPadding(let padding):
        var last = padding
        return batch.ids[tokens].map { id in
          guard id != padding else { return padding }
          last += 1
          return last
        }
      }
    }
  }
}

import Support

/// How texts that are too long lose tokens (section `truncation`).
struct Truncation: Sendable {
  enum Strategy: String, CaseIterable {
    /// Tokens leave the longer text until both are equally long.
    case longestFirst = "LongestFirst"
    case onlyFirst = "OnlyFirst"
    case onlySecond = "OnlySecond"
  }

  /// The end at which tokens leave, as `transformers` names it.
  enum Side: String, CaseIterable {
    case left, right
  }

  /// In tokens, special ones included.
  let maximumLength: Int
  var strategy = Strategy.longestFirst
  var side = Side.right

  /// Takes from the texts what is too much beside `specialTokenCount` special tokens.
  ///
  /// Where one text alone cannot give enough, both do: `tokenizers` gives up there.
  /// - Returns: whether anything was taken.
  func apply(to first: inout [Int32], _ second: inout [Int32], specialTokenCount: Int) -> Bool {
    let budget = max(maximumLength, specialTokenCount) - specialTokenCount
    let excess = first.count + second.count - budget
    guard excess > 0 else { return false }
    if strategy == .onlyFirst, first.count > excess {
      cut(&first, to: first.count - excess)
    } else if strategy == .onlySecond, second.count > excess {
      cut(&second, to: second.count - excess)
    } else if first.count > second.count {
      let shorter = min(second.count, budget / 2)
      cut(&first, to: budget - shorter)
      cut(&second, to: shorter)
    } else {
      let shorter = min(first.count, budget / 2)
      cut(&first, to: shorter)
      cut(&second, to: budget - shorter)
    }
    return true
  }

  private func cut(_ ids: inout [Int32], to length: Int) {
    switch side {
    case .left: ids.removeFirst(ids.count - length)
    case .right: ids.removeLast(ids.count - length)
    }
  }
}

extension Truncation {
  /// The names of `tokenizers`.
  private enum Direction: String, CaseIterable {
    case left = "Left"
    case right = "Right"
  }

  /// - Throws: `InputError` naming the key at fault.
  init(_ field: JSONField) throws {
    maximumLength = Int(try field.required("max_length").natural())
    strategy = try field.optional("strategy")?.oneOf(Strategy.self) ?? .longestFirst
    side = try field.optional("direction")?.oneOf(Direction.self) == .left ? .left : .right
  }
}

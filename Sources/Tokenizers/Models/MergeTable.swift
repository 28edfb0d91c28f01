/// Which pairs of tokens become one, and in what order: a hash table from pairs to rank and result.
struct MergeTable: Sendable {
  /// A pair of tokens and the token it becomes.
  struct Merge {
    let left: Int32
    let right: Int32
    let result: Int32
  }

  /// What happens to a pair.
  struct Entry {
    /// The pair of the lowest rank goes first.
    let rank: UInt32
    let result: Int32
  }

  private var keys: [UInt64]
  private var entries: [Entry]
  /// No pair: ids are not negative.
  private static let free = UInt64.max

  /// Merges by rank. Of equal pairs the last counts.
  init(_ merges: [Merge]) {
    var capacity = 16
    while capacity < 2 * merges.count { capacity *= 2 }
    keys = Array(repeating: Self.free, count: capacity)
    entries = Array(repeating: Entry(rank: .max, result: -1), count: capacity)
    for (rank, merge) in merges.enumerated() {
      let key = Self.key(merge.left, merge.right)
      let slot = slot(of: key)
      keys[slot] = key
      entries[slot] = Entry(rank: UInt32(rank), result: merge.result)
    }
  }

  subscript(left: Int32, right: Int32) -> Entry? {
    let slot = slot(of: Self.key(left, right))
    return keys[slot] == Self.free ? nil : entries[slot]
  }

  /// The slot that holds `key`, or the free one where it would go.
  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    let hash = key &* 0x9E37_79B9_7F4A_7C15
    var index = Int(truncatingIfNeeded: hash >> 32) & mask
    while keys[index] != key, keys[index] != Self.free { index = (index + 1) & mask }
    return index
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}

extension MergeTable.Merge {
  /// A token that a merge needs and the vocabulary lacks.
  struct UnknownToken: Error, CustomStringConvertible {
    let token: String
    var description: String { "needs \"\(token)\", which is not in the vocabulary" }
  }

  /// From a line like `Ġ t`; nil if it is not two tokens.
  static func tokens(of line: String) -> (left: String, right: String)? {
    // Bytes: a mark that combines with the space would hide it.
    let parts = line.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    return parts.count == 2 ? (String(Substring(parts[0])), String(Substring(parts[1]))) : nil
  }

  /// - Throws: `UnknownToken`
  init(_ left: String, _ right: String, in vocabulary: Vocabulary) throws(UnknownToken) {
    func id(_ token: String) throws(UnknownToken) -> Int32 {
      if let id = vocabulary.id(of: token) { return id }
      throw UnknownToken(token: token)
    }
    self.init(left: try id(left), right: try id(right), result: try id(left + right))
  }
}

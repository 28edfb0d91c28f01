/// A hash table from UTF-8 bytes to token ids that finds the longest token at the start of a text.
///
/// The hash of a longer text continues the hash of a shorter one (FNV-1a), so all the beginnings of
/// a word are hashed in one pass.
struct TokenTable: Sendable {
  private struct Slot {
    var start = 0
    var length = 0
    /// Negative where the slot is free.
    var id: Int32 = -1
  }

  private var slots: [Slot]
  private var bytes: [UInt8] = []
  private var longest = 0

  /// Of equal tokens the last counts.
  init(_ entries: [(token: [UInt8], id: Int32)]) {
    var capacity = 16
    while capacity < 2 * entries.count { capacity *= 2 }
    slots = Array(repeating: Slot(), count: capacity)
    for (token, id) in entries {
      let slot = slot(of: token[...], hash: token.reduce(Self.seed, Self.hash))
      if slots[slot].id < 0 {
        slots[slot].start = bytes.count
        slots[slot].length = token.count
        bytes += token
        longest = max(longest, token.count)
      }
      slots[slot].id = id
    }
  }

  subscript(token: [UInt8]) -> Int32? {
    let id = slots[slot(of: token[...], hash: token.reduce(Self.seed, Self.hash))].id
    return id < 0 ? nil : id
  }

  /// The longest token, of one byte at least, with which `text` starts.
  func longestPrefix(of text: ArraySlice<UInt8>) -> (id: Int32, length: Int)? {
    var hash = Self.seed
    let hashes = text.prefix(longest).map { byte in
      hash = Self.hash(hash, byte)
      return hash
    }
    for (index, hash) in hashes.enumerated().reversed() {
      let id = slots[slot(of: text.prefix(index + 1), hash: hash)].id
      if id >= 0 { return (id, index + 1) }
    }
    return nil
  }

  /// The slot that holds `token`, or the free one where it would go.
  private func slot(of token: ArraySlice<UInt8>, hash: UInt64) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
    while slots[index].id >= 0 {
      let (start, length) = (slots[index].start, slots[index].length)
      if length == token.count, bytes[start..<start + length].elementsEqual(token) { break }
      index = (index + 1) & mask
    }
    return index
  }

  private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  private static func hash(_ state: UInt64, _ byte: UInt8) -> UInt64 {
    (state ^ UInt64(byte)) &* 0x100_0000_01B3
  }
}

/// `BPE`: begins with single scalars and merges neighbours, the pair of the lowest rank first (Sennrich et al.,
/// 2016).
struct BPEModel: TokenModel {
  /// What happens to a scalar that the vocabulary lacks.
  struct UnknownScalars {
    /// The token for it; without one, it is left out.
    var id: Int32?
    /// Whether neighbours share one token.
    var fuses = false
    /// The tokens `<0x00>` ... `<0xFF>`, which take its bytes if they are there.
    var bytes: [Int32?]?
  }

  let vocabulary: Vocabulary
  /// The token of every single scalar, negative where there is none.
  private let symbols: [Int32]
  private let merges: MergeTable
  private let unknown: UnknownScalars
  private let ignoresMerges: Bool

  /// - Parameters:
  ///   - merges: by rank.
  ///   - ignoresMerges: whether a word that is a token is not built from its parts.
  init(
    vocabulary: Vocabulary, merges: [MergeTable.Merge], unknown: UnknownScalars = .init(),
    ignoresMerges: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.merges = MergeTable(merges)
    self.unknown = unknown
    self.ignoresMerges = ignoresMerges
    symbols = vocabulary.singleScalars
  }

  func append(tokensOf word: ArraySlice<Unicode.Scalar>, to ids: inout [Int32]) {
    if ignoresMerges, let id = vocabulary.id(of: word) {
      ids.append(id)
      return
    }
    var tokens = begin(word)
    merge(&tokens)
    ids += tokens
  }

  private func begin(_ word: ArraySlice<Unicode.Scalar>) -> [Int32] {
    var tokens: [Int32] = []
    tokens.reserveCapacity(word.count)
    var holdsUnknown = false
    for scalar in word {
      let value = Int(scalar.value)
      let id = value < symbols.count ? symbols[value] : -1
      if id >= 0 {
        if holdsUnknown, let unknown = unknown.id { tokens.append(unknown) }
        holdsUnknown = false
        tokens.append(id)
      } else if let bytes = bytes(of: scalar) {
        // Before an unknown token that is still held back, as in `tokenizers`.
        tokens += bytes
      } else {
        if holdsUnknown, !unknown.fuses, let unknown = unknown.id { tokens.append(unknown) }
        holdsUnknown = true
      }
    }
    if holdsUnknown, let unknown = unknown.id { tokens.append(unknown) }
    return tokens
  }

  private func bytes(of scalar: Unicode.Scalar) -> [Int32]? {
    guard let ids = unknown.bytes else { return nil }
    let found = scalar.utf8.compactMap { ids[Int($0)] }
    return found.count == scalar.utf8.count ? found : nil
  }

  /// A merged pair lives on in the place of its left token; the right place is skipped from then on.
  private func merge(_ tokens: inout [Int32]) {
    guard tokens.count > 1 else { return }
    let (end, gone) = (tokens.count, Int32(-1))
    var next = Array(1...end)
    var previous = Array(-1..<end - 1)
    var queue = MergeQueue()
    func offer(_ left: Int, _ right: Int) {
      if let entry = merges[tokens[left], tokens[right]] {
        queue.insert(rank: entry.rank, place: left)
      }
    }
    for right in 1..<end { offer(right - 1, right) }
    while let (rank, left) = queue.removeFirst() {
      let right = next[left]
      // What was offered may have been merged with something else since.
      guard tokens[left] != gone, right < end, let entry = merges[tokens[left], tokens[right]],
        entry.rank == rank
      else { continue }
      tokens[left] = entry.result
      tokens[right] = gone
      next[left] = next[right]
      if next[left] < end {
        previous[next[left]] = left
        offer(left, next[left])
      }
      if previous[left] >= 0 { offer(previous[left], left) }
    }
    tokens.removeAll { $0 == gone }
  }
}

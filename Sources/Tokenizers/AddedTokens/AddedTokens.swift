/// All added tokens with their ids.
struct AddedTokens: Sendable {
  /// What happens to special tokens that stand in a text.
  enum SpecialTokensInText {
    case found
    /// They are text like any other (`split_special_tokens`).
    case split
  }

  /// Finds those that are matched against the text as it came.
  let raw: AddedTokenMatcher
  /// Finds those that are matched against the normalized text.
  let normalized: AddedTokenMatcher
  private let contents: [Int32: String]
  private let ids: [[Unicode.Scalar]: Int32]
  private let patterns: [Int32: [Unicode.Scalar]]
  private let special: Set<[Unicode.Scalar]>

  /// Like `tokenizers`, gives a token the id of the vocabulary, or else the next one after it; the
  /// `id` in the file is not used.
  /// - Parameter batches: what is added at once. A token that is added again gets new flags, not a new id.
  /// - Throws: `TextGrewTooLong`.
  init(
    _ batches: [[AddedToken]], _ specialTokens: SpecialTokensInText, vocabulary: Vocabulary,
    normalizer: (any Normalizer)?
  ) throws(TextGrewTooLong) {
    var ids: [[Unicode.Scalar]: Int32] = [:]
    var entries: [Int32: AddedTokenMatcher.Entry] = [:]
    var special: Set<[Unicode.Scalar]> = []
    for batch in batches {
      var nextId = max(Int32(clamping: vocabulary.count), (entries.keys.max() ?? -1) + 1)
      for token in batch where !token.content.isEmpty {
        let content = Array(token.content.unicodeScalars)
        let known = ids[content] ?? vocabulary.id(of: token.content)
        let id = known ?? nextId
        if known == nil { nextId += 1 }
        var pattern = content
        if token.isNormalized, let normalizer {
          try normalizer.normalize(&pattern, limit: NormalizedLength.limit(of: content))
        }
        ids[content] = id
        if token.isSpecial { special.insert(content) }
        entries[id] = .init(pattern: pattern, token: token, id: id)
      }
    }
    let specialIds = Set(
      entries.filter { special.contains(Array($0.value.token.content.unicodeScalars)) }.keys)
    let sorted = entries.values.sorted { $0.id < $1.id }
    func matcher(_ entries: [AddedTokenMatcher.Entry]) -> AddedTokenMatcher {
      AddedTokenMatcher(entries, passingOver: specialTokens == .split ? specialIds : [])
    }
    raw = matcher(sorted.filter { !$0.token.isNormalized })
    normalized = matcher(sorted.filter(\.token.isNormalized))
    contents = entries.mapValues(\.token.content)
    self.ids = ids
    self.special = special
    patterns = entries.mapValues(\.pattern)
  }

  /// What a token is decoded from, which is what it is found by: normalized, if that is how it is found. Nil if `id` is
  /// no added token's.
  func pattern(for id: Int32) -> [Unicode.Scalar]? { patterns[id] }

  /// Whether decoding takes `token` for a special one. Like `tokenizers`, it does not know one by its normalized form.
  func isSpecial(_ token: [Unicode.Scalar]) -> Bool { special.contains(token) }

  func id(of token: String) -> Int32? { ids[Array(token.unicodeScalars)] }

  func token(for id: Int32) -> String? { contents[id] }

  var maximumId: Int32 { contents.keys.max() ?? -1 }
}

/// All added tokens with their ids.
struct AddedTokens: Sendable {
  /// Finds those that are matched against the text as it came.
  let raw: AddedTokenMatcher
  /// Finds those that are matched against the normalized text.
  let normalized: AddedTokenMatcher
  private let contents: [Int32: String]
  private let ids: [[Unicode.Scalar]: Int32]

  /// Like `tokenizers`, gives a token the id of the vocabulary, or else the next one after it; the
  /// `id` in the file is not used.
  init(_ tokens: [AddedToken], vocabulary: Vocabulary, normalizer: (any Normalizer)?) {
    var ids: [[Unicode.Scalar]: Int32] = [:]
    var entries: [Int32: AddedTokenMatcher.Entry] = [:]
    var nextId = Int32(vocabulary.count)
    for token in tokens where !token.content.isEmpty {
      let content = Array(token.content.unicodeScalars)
      var id = ids[content] ?? vocabulary.id(of: token.content)
      if id == nil {
        id = nextId
        nextId += 1
      }
      var pattern = content
      if token.isNormalized { normalizer?.normalize(&pattern) }
      ids[content] = id
      if let id { entries[id] = .init(pattern: pattern, token: token, id: id) }
    }
    let sorted = entries.values.sorted { $0.id < $1.id }
    raw = AddedTokenMatcher(sorted.filter { !$0.token.isNormalized })
    normalized = AddedTokenMatcher(sorted.filter(\.token.isNormalized))
    contents = entries.mapValues(\.token.content)
    self.ids = ids
  }

  var maximumId: Int32 { contents.keys.max() ?? -1 }

  func id(of token: String) -> Int32? { ids[Array(token.unicodeScalars)] }

  func token(for id: Int32) -> String? { contents[id] }
}

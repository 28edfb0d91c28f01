/// `WordPiece`: the longest known token from the left, again and again; a word that cannot be cut
/// completely is one unknown token (Devlin et al. 2019, section 3).
struct WordPieceModel: TokenModel {
  let vocabulary: Vocabulary
  private let beginnings: TokenTable
  private let continuations: TokenTable
  private let unknownId: Int32
  private let longestWord: Int

  /// - Parameters:
  ///   - continuationPrefix: what marks a token inside a word, usually `##`.
  ///   - longestWord: in Unicode scalars; a longer word is unknown.
  init(
    vocabulary: Vocabulary, unknownId: Int32, continuationPrefix: String, longestWord: Int
  ) {
    self.vocabulary = vocabulary
    self.unknownId = unknownId
    self.longestWord = longestWord
    beginnings = vocabulary.beginnings
    continuations = vocabulary.continuations(after: continuationPrefix)
  }

  func append(tokensOf word: ArraySlice<Unicode.Scalar>, to ids: inout [Int32]) {
    guard word.count <= longestWord else {
      ids.append(unknownId)
      return
    }
    let before = ids.count
    var rest = word.utf8Bytes[...]
    var table = beginnings
    while !rest.isEmpty {
      guard let (id, length) = table.longestPrefix(of: rest) else {
        ids.removeSubrange(before...)
        ids.append(unknownId)
        return
      }
      ids.append(id)
      rest = rest.dropFirst(length)
      table = continuations
    }
  }
}

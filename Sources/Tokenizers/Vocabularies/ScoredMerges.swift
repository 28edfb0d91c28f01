import Support

/// The merges that SentencePiece's BPE means by its scores: a pair may become a token that is the two together, and
/// goes first if that has the highest score.
package enum ScoredMerges {
  /// What SentencePiece puts for a space.
  static let mark: Unicode.Scalar = "▁"

  /// Tokens of published models have up to 48 bytes. Each is cut at every place.
  private static let longestToken = 1024

  /// The merges by rank, as pairs of tokens.
  /// - Throws: `InputError` when there are not as many scores as tokens, one is not a number, or a token is too long.
  package static func pairs(
    ofTokens tokens: [String], scores: [Float], source: String
  ) throws -> [(left: String, right: String)] {
    let lists = TokenizerVocabulary(
      source: source, model: .sentencePiece(scores: scores), tokens: tokens)
    try lists.check()
    return try merges(lists, scores, Vocabulary(tokens: tokens)).map {
      (tokens[Int($0.left)], tokens[Int($0.right)])
    }
  }

  /// The merges by rank, as `transformers` orders them.
  /// - Throws: `InputError` naming a token that is too long.
  static func merges(
    _ vocabulary: TokenizerVocabulary, _ scores: [Float], _ tokens: Vocabulary
  ) throws -> [MergeTable.Merge] {
    struct Candidate {
      let merge: MergeTable.Merge
      let score: Float
      let lengths: (left: Int, right: Int)
    }
    var candidates: [Candidate] = []
    for (index, (token, score)) in zip(vocabulary.tokens, scores).enumerated() {
      guard token.utf8.count <= longestToken else {
        throw InputError(
          vocabulary.source, at: "token \(index)",
          "has \(token.utf8.count) bytes, expected at most \(longestToken)")
      }
      let scalars = Array(token.unicodeScalars)
      guard scalars.count > 1, let result = tokens.id(of: token) else { continue }
      let found = (1..<scalars.count).compactMap { length -> Candidate? in
        guard let left = tokens.id(of: scalars[..<length]),
          let right = tokens.id(of: scalars[length...])
        else { return nil }
        return Candidate(
          merge: .init(left: left, right: right, result: result), score: score,
          lengths: (length, scalars.count - length))
      }
      candidates += found.sorted {
        ($0.merge.left, $0.merge.right) < ($1.merge.left, $1.merge.right)
      }
    }
    return candidates.enumerated().sorted { first, second in
      let (a, b) = (first.element, second.element)
      // Candidates that are equal stay in their order.
      return (a.score, a.lengths.left, a.lengths.right, second.offset)
        > (b.score, b.lengths.left, b.lengths.right, first.offset)
    }.map(\.element.merge)
  }
}

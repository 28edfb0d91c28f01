/// What a model reads of one text or pair of texts.
public struct Encoding: Equatable, Sendable {
  /// Token ids, special tokens included, without padding.
  public let ids: [Int32]
  /// Which text a token belongs to (`token_type_ids`), one for every id.
  public let typeIds: [Int32]
  /// Whether tokens were left out to keep to the maximum length.
  public let wasTruncated: Bool
  /// The word that a token belongs to, one for every id, nil for special tokens; empty if the text was not given as
  /// words.
  public let words: [Int?]

  package init(ids: [Int32], typeIds: [Int32], wasTruncated: Bool, words: [Int?] = []) {
    self.ids = ids
    self.typeIds = typeIds
    self.wasTruncated = wasTruncated
    self.words = words
  }

  /// The place of the first token of every word that has tokens here, in the order of the words.
  package var firstTokens: [(word: Int, token: Int)] {
    var last: Int?
    return words.enumerated().compactMap { token, word in
      guard let word, word != last else { return nil }
      last = word
      return (word, token)
    }
  }
}

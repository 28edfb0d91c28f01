/// What a model reads of one text or pair of texts.
public struct Encoding: Equatable, Sendable {
  /// Token ids, special tokens included, without padding.
  public let ids: [Int32]
  /// Which text a token belongs to (`token_type_ids`), one for every id.
  public let typeIds: [Int32]
  /// Whether tokens were left out to keep to the maximum length.
  public let wasTruncated: Bool

  package init(ids: [Int32], typeIds: [Int32], wasTruncated: Bool) {
    self.ids = ids
    self.typeIds = typeIds
    self.wasTruncated = wasTruncated
  }
}

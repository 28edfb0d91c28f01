import Compute

/// A batch of token sequences, packed one after another without padding.
public struct TokenBatch: Sendable {
  /// The ids of all tokens [tokens].
  public private(set) var ids: [Int32] = []
  /// The segment of every token: 0, or 1 for the second text of a pair [tokens].
  public private(set) var typeIds: [Int32] = []
  /// Sequence s is offsets[s]..<offsets[s + 1].
  public private(set) var offsets: [Int] = [0]
  /// The tokens whose last hidden states are wanted: above the last attention, nothing else is computed.
  public var queries = Queries.first

  /// An empty batch.
  public init() {}

  /// Appends a sequence of at least one token.
  public mutating func append(ids: [Int32], typeIds: [Int32]) {
    precondition(ids.count == typeIds.count && !ids.isEmpty)
    self.ids += ids
    self.typeIds += typeIds
    offsets.append(self.ids.count)
  }

  /// The number of tokens.
  public var tokenCount: Int { ids.count }
  /// The number of sequences.
  public var sequenceCount: Int { offsets.count - 1 }
  /// The number of tokens whose hidden states are wanted.
  public var queryCount: Int { queries.count(offsets) }

  /// The tokens of every sequence.
  var sequences: [Range<Int>] { zip(offsets, offsets.dropFirst()).map { $0..<$1 } }
}

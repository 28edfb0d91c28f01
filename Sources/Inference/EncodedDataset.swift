import Datasets
import Foundation
import Models
import Support
import Tokenizers
import Weights

/// A dataset as token ids.
public struct EncodedDataset: Sendable {
  /// One example.
  public struct Item: Sendable {
    /// Token ids and segments.
    public let encoding: Encoding
    /// The answer, if the data has it; tags are those of the words whose tokens are in `rows`.
    public let target: Target?
    /// The tokens that the head reads, each the first of a word; nil where it reads the first token of the sequence.
    public let rows: [Int]?

    package init(encoding: Encoding, target: Target?) {
      self.encoding = encoding
      self.target = target
      rows = nil
    }

    /// An example of words, of which those that were truncated are left out.
    init(words encoding: Encoding, target: Target?) {
      self.encoding = encoding
      let first = encoding.firstTokens
      rows = first.map(\.token)
      if case .tags(let tags) = target {
        self.target = .tags(first.map { tags[$0.word] })
      } else {
        self.target = target
      }
    }

    /// How many rows of logits there are.
    package var rowCount: Int { rows?.count ?? 1 }

    /// The answer for each of the rows.
    package var rowTargets: [Target] {
      if case .tags(let tags) = target {
        tags.map { .label($0) }
      } else {
        target.map { [$0] } ?? []
      }
    }
  }

  /// The examples, in the order of the data.
  public let sequences: [Item]
  /// How many examples were longer than the limit and were cut.
  public let truncatedCount: Int
  /// What messages call the data.
  public let source: String

  /// Tokenises a dataset.
  /// - Parameter maximumLength: longer sequences lose tokens (`longest_first` for pairs).
  /// - Throws: `InputError` when a text cannot be tokenised.
  public init(_ dataset: Dataset, _ tokenizer: Tokenizer, maximumLength: Int) throws {
    sequences = try dataset.examples.map { example in
      if let words = example.words {
        return Item(
          words: try tokenizer.encode(words: words, maxLength: maximumLength),
          target: example.target)
      }
      return Item(
        encoding: try tokenizer.encode(example.text, pair: example.pair, maxLength: maximumLength),
        target: example.target)
    }
    truncatedCount = sequences.count { $0.encoding.wasTruncated }
    source = dataset.source
  }

  /// Examples that are tokens already.
  package init(_ sequences: [Item], source: String) {
    self.sequences = sequences
    truncatedCount = sequences.count { $0.encoding.wasTruncated }
    self.source = source
  }

  /// The tokens of every example.
  package var lengths: [Int] { sequences.map(\.encoding.ids.count) }

  /// The examples at `indices`, packed, and the targets of the rows that the head reads.
  public func batch(_ indices: some Collection<Int>) -> (batch: TokenBatch, targets: [Target]) {
    var batch = TokenBatch()
    var rows: [Int32] = []
    for index in indices {
      let item = sequences[index]
      rows += (item.rows ?? []).map { Int32(batch.tokenCount + $0) }
      batch.append(ids: item.encoding.ids, typeIds: item.encoding.typeIds)
    }
    if indices.contains(where: { sequences[$0].rows != nil }) { batch.queries = .rows(rows) }
    return (batch, indices.flatMap { sequences[$0].rowTargets })
  }

  /// A digest of ids and targets, by which a resumed run knows its data.
  package func fingerprint() throws -> Fingerprint {
    let words = sequences.flatMap { sequence -> [Int32] in
      let target: [Int32] =
        switch sequence.target {
        case .label(let label): [Int32(label)]
        case .value(let value): [Int32(bitPattern: value.bitPattern)]
        case .labels(let labels), .tags(let labels): [Int32(labels.count)] + labels.map(Int32.init)
        case nil: [-1]
        }
      return sequence.encoding.ids + [-1] + sequence.encoding.typeIds + target
    }
    return try Fingerprint(of: [
      NamedTensor("data", .int32, shape: [words.count]) { body in
        try words.withUnsafeBytes(body)
      }
    ])
  }
}

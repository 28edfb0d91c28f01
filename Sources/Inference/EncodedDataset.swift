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
    /// The answer, if the data has it.
    public let target: Target?

    package init(encoding: Encoding, target: Target?) {
      self.encoding = encoding
      self.target = target
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
    sequences = try dataset.examples.map {
      Item(
        encoding: try tokenizer.encode($0.text, pair: $0.pair, maxLength: maximumLength),
        target: $0.target)
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

  /// The examples at `indices`, packed, and their targets.
  package func batch(_ indices: some Collection<Int>) -> (batch: TokenBatch, targets: [Target]) {
    var batch = TokenBatch()
    for index in indices {
      let encoding = sequences[index].encoding
      batch.append(ids: encoding.ids, typeIds: encoding.typeIds)
    }
    return (batch, indices.compactMap { sequences[$0].target })
  }

  /// A digest of ids and targets, by which a resumed run knows its data.
  package func fingerprint() throws -> Fingerprint {
    let words = sequences.flatMap { sequence -> [Int32] in
      let target: Int32 =
        switch sequence.target {
        case .label(let label): Int32(label)
        case .value(let value): Int32(bitPattern: value.bitPattern)
        case nil: -1
        }
      return sequence.encoding.ids + [-1] + sequence.encoding.typeIds + [target]
    }
    return try Fingerprint(of: [
      NamedTensor("data", .int32, shape: [words.count]) { body in
        try words.withUnsafeBytes(body)
      }
    ])
  }
}

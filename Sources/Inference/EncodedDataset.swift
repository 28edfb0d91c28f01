import Compute
import Datasets
import Foundation
import Models
import Support
import Tokenizers
import Weights

/// Which tokens of a word learn its tag.
public enum TaggedTokens: String, CaseIterable, Codable, Sendable {
  /// The first one; the others have no answer.
  case first
  /// All; after a first one of `B-TYPE` the others have `I-TYPE`, if there is such a tag.
  case all

  /// The tag of the further tokens of a word, by that of the first.
  static func innerTag(_ labels: LabelSet) -> (Int) -> Int {
    let inner = labels.names.enumerated().map { index, name in
      name.hasPrefix("B-") ? labels.names.firstIndex(of: "I-" + name.dropFirst(2)) ?? index : index
    }
    return { inner[$0] }
  }
}

/// A dataset as token ids.
public struct EncodedDataset: Sendable {
  /// One example.
  public struct Item: Sendable {
    /// Token ids and segments.
    public let encoding: Encoding
    /// The answer, if the data has it; tags are those of the words whose tokens are in `rows`.
    public let target: Target?
    /// The tokens that the head reads: each the first of a word, or one before a token to be predicted; nil where it
    /// reads the sequence as a whole.
    public let rows: [Int]?

    package init(encoding: Encoding, target: Target?) {
      self.encoding = encoding
      self.target = target
      rows = nil
    }

    /// An example of words, of which those that were truncated are left out.
    /// - Parameter inner: the tag of the further tokens of a word with some tag, if those are read, too.
    init(words encoding: Encoding, target: Target?, inner: ((Int) -> Int)?) {
      self.encoding = encoding
      let first = encoding.firstTokens
      guard case .tags(let tags) = target else {
        (rows, self.target) = (first.map(\.token), target)
        return
      }
      guard let inner else {
        (rows, self.target) = (first.map(\.token), .tags(first.map { tags[$0.word] }))
        return
      }
      let begins = Set(first.map(\.token))
      let read = encoding.words.enumerated().compactMap { token, word in word.map { (token, $0) } }
      rows = read.map(\.0)
      self.target = .tags(read.map { begins.contains($0) ? tags[$1] : inner(tags[$1]) })
    }

    /// Tokens of which some are answers: each of those is to be predicted from the tokens before it.
    /// - Parameter answers: the places of the answers, ascending; never the first token.
    package init(tokens encoding: Encoding, answers: [Int]) {
      self.encoding = encoding
      rows = answers.map { $0 - 1 }
      target = .tags(answers.map { Int(encoding.ids[$0]) })
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
  /// The numbers of the sequences that each row of a batch holds.
  package let rows: [[Int]]
  /// How many examples were longer than the limit and were cut.
  public let truncatedCount: Int
  /// What messages call the data.
  public let source: String

  /// Tokenises a dataset.
  /// - Parameters:
  ///   - dataset: the examples.
  ///   - tokenizer: the tokenizer of the model.
  ///   - maximumLength: longer sequences lose tokens (`longest_first` for pairs).
  ///   - tokens: which tokens of a word have its tag.
  /// - Throws: `InputError` when a text cannot be tokenised.
  public init(
    _ dataset: Dataset, _ tokenizer: Tokenizer, maximumLength: Int,
    tagged tokens: TaggedTokens = .first
  ) throws {
    let inner = tokens == .all ? dataset.labels.map(TaggedTokens.innerTag) : nil
    sequences = try dataset.examples.map { example in
      if let words = example.words {
        return Item(
          words: try tokenizer.encode(words: words, maxLength: maximumLength),
          target: example.target, inner: inner)
      }
      return Item(
        encoding: try tokenizer.encode(example.text, pair: example.pair, maxLength: maximumLength),
        target: example.target)
    }
    rows = sequences.indices.map { [$0] }
    truncatedCount = sequences.count { $0.encoding.wasTruncated }
    source = dataset.source
  }

  /// Examples that are tokens already.
  /// - Parameter rows: which of them share a row; each has one of its own unless given.
  package init(_ sequences: [Item], rows: [[Int]]? = nil, source: String) {
    self.sequences = sequences
    self.rows = rows ?? sequences.indices.map { [$0] }
    truncatedCount = sequences.count { $0.encoding.wasTruncated }
    self.source = source
  }

  /// The tokens of every example.
  package var lengths: [Int] { sequences.map(\.encoding.ids.count) }

  /// The examples at `indices`, packed, and the targets of the rows that the head reads.
  /// - Parameter sequences: the token that a sequence is read by, where it is read as a whole.
  public func batch(
    _ indices: some Collection<Int>, sequences token: Queries = .first
  ) -> (batch: TokenBatch, targets: [Target]) {
    var batch = TokenBatch()
    batch.queries = token
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

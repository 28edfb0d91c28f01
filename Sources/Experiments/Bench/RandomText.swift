import Compute
import Inference
import Support
import Tokenizers
import Training

/// Batches of random tokens with random labels: speed does not depend on what they say.
struct RandomText {
  /// What is to be learnt of a sequence.
  enum Answers {
    /// One of two labels.
    case labels
    /// Every token from those before it.
    case nextTokens
  }

  /// The sequences of a step, by their places in the data.
  struct Batch {
    let indices: Range<Int>
    let lengths: [Int]
  }

  let data: EncodedDataset
  let batches: [Batch]

  /// Tokens of a vocabulary for sequences of these lengths, batch after batch.
  init(_ lengths: [[Int]], answers: Answers, vocabularySize: Int, seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: .shuffling, index: 1)
    var batches: [Batch] = []
    for batch in lengths {
      let start = batches.last?.indices.upperBound ?? 0
      batches.append(Batch(indices: start..<start + batch.count, lengths: batch))
    }
    self.batches = batches
    data = EncodedDataset(
      lengths.joined().map { length in
        let encoding = Encoding(
          ids: (0..<length).map { _ in
            Int32.random(in: 0..<Int32(vocabularySize), using: &random)
          },
          typeIds: [Int32](repeating: 0, count: length), wasTruncated: false)
        return switch answers {
        case .labels:
          EncodedDataset.Item(
            encoding: encoding, target: .label(Int.random(in: 0...1, using: &random)))
        case .nextTokens: EncodedDataset.Item(tokens: encoding, answers: Array(1..<length))
        }
      }, source: "random tokens")
  }

  /// The sequences of one batch.
  func part(_ batch: Batch) -> EncodedDataset {
    EncodedDataset(Array(data.sequences[batch.indices]), source: data.source)
  }
}

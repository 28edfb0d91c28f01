import Checkpoints
import Datasets
import Foundation
import Models
import Support
import Tokenizers

/// The tokenizer of a model's folder, made to fit the model.
struct TextEncoder {
  private let tokenizer: Tokenizer
  private let maximumLength: Int

  /// - Parameter maximumLength: nil means all of the model's positions.
  /// - Throws: `InputError` when the folder has no tokenizer that can be used, or its vocabulary is larger than
  ///   the model's word table.
  init(_ folder: ModelFolder, _ model: any SequenceClassifier, _ maximumLength: Int?) throws {
    tokenizer = try Tokenizer(folder: folder.url)
    guard tokenizer.vocabularySize <= model.vocabularySize else {
      throw InputError(
        folder.url.appendingPathComponent("tokenizer.json").path,
        "has ids up to \(tokenizer.maximumId), but the model's word table has only "
          + "\(model.vocabularySize) rows")
    }
    self.maximumLength = min(maximumLength ?? model.maximumLength, model.maximumLength)
  }

  /// - Parameter notice: is told when examples were truncated.
  func encode(_ data: Dataset, _ head: HeadConfiguration, _ notice: (String) -> Void) throws
    -> EncodedDataset
  {
    var data = data
    if case .classification(let labels) = head {
      data = try data.relabelled(as: LabelSet(labels, source: data.source))
    }
    let encoded = EncodedDataset(data, tokenizer, maximumLength: maximumLength)
    if encoded.truncatedCount > 0 {
      notice(
        "\(data.source): \(encoded.truncatedCount) of \(encoded.sequences.count) examples are longer "
          + "than \(maximumLength) tokens and were truncated")
    }
    return encoded
  }
}

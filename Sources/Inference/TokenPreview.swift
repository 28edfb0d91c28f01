import Datasets
import Foundation
import Support
import Tasks
import Tokenizers
import Weights

/// An example as a language model reads it, and which parts of it count for the loss.
public struct TokenPreview: Sendable {
  /// Text that counts, or does not.
  public struct Part: Equatable, Sendable {
    /// The text of some tokens in a row.
    public var text: String
    /// How many tokens they are.
    public var tokens: Int
    /// Whether they are to be predicted.
    public let counts: Bool
  }

  /// The parts in order; neighbours differ in whether they count.
  public let parts: [Part]

  /// The first example of a dataset.
  /// - Parameters:
  ///   - data: documents or conversations.
  ///   - model: the folder of the model, or its GGUF file.
  ///   - maximumLength: as for training.
  ///   - turns: what is learnt of a conversation.
  /// - Throws: `InputError` when the example cannot be read by the model.
  public init(
    of data: Dataset, model: URL, maximumLength: Int?, learning turns: LearntTurns = .answers
  ) throws {
    let encoder = try TextEncoder(ModelFolder(model), maximumLength: maximumLength)
    let first = try Dataset(examples: Array(data.examples.prefix(1)), source: data.source)
    let encoded = try encoder.encode(
      first, TaskKind.text.objective(.languageModel), learning: turns
    ) { _ in }
    let item = encoded.sequences[0]
    let read = Set(item.rows ?? [])
    var decoder = StreamingDecoder(encoder.tokenizer)
    var parts: [Part] = []
    for (place, id) in item.encoding.ids.enumerated() {
      let counts = read.contains(place - 1)
      if parts.last?.counts != counts { parts.append(Part(text: "", tokens: 0, counts: counts)) }
      parts[parts.count - 1].text += decoder.text(after: id)
      parts[parts.count - 1].tokens += 1
    }
    if !parts.isEmpty { parts[parts.count - 1].text += decoder.finish() }
    self.parts = parts
  }
}

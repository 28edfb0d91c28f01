import Datasets
import Foundation
import Models
import Support
import Tasks
import Tokenizers
import Weights

/// The tokenizer of a model's folder, made to fit the model: what it gives is what the model computes with.
public struct TextEncoder {
  /// The tokenizer, with token types that the model has.
  public let tokenizer: Tokenizer
  private let limits: InputLimits
  let maximumLength: Int
  private let folder: URL
  let source: ModelFolder

  /// - Parameters:
  ///   - folder: the folder of the model.
  ///   - maximumLength: longer sequences are truncated. Nil means as many tokens as the model has positions, or
  ///     fewer if `tokenizer_config.json` says so (`model_max_length`).
  /// - Throws: `InputError` when the folder has no tokenizer that can be used, or its vocabulary is larger than
  ///   the model's word table.
  public init(_ folder: ModelFolder, maximumLength: Int?) throws {
    var tokenizer = try Tokenizer(folder)
    limits = try folder.inputLimits()
    // Where there is one type only, transformers is called without types, whatever the tokenizer marks.
    if limits.typeVocabularySize == 1 { tokenizer.typeIds = .zero }
    self.tokenizer = tokenizer
    self.folder = folder.url
    source = folder
    self.maximumLength = min(
      maximumLength ?? tokenizer.modelMaximumLength ?? limits.maximumLength, limits.maximumLength)
    guard tokenizer.maximumRegularId < limits.vocabularySize else {
      throw error(
        "has ids up to \(tokenizer.maximumRegularId), but the model's word table has only "
          + "\(limits.vocabularySize) rows")
    }
  }

  /// Examples with answers, to learn from or to measure by.
  /// - Parameters:
  ///   - tokens: where words are tagged, which tokens of a word have its tag.
  ///   - turns: of conversations, what is to be predicted.
  ///   - packing: how sequences of a language model share rows.
  ///   - notice: is told when examples were left out or truncated.
  /// - Throws: `InputError` when the answers are not those of the task, or a text cannot be read by the model.
  package func encode(
    _ data: Dataset, _ objective: any Objective, tagged tokens: TaggedTokens = .first,
    learning turns: LearntTurns = .answers, packing: Packing = .none,
    _ notice: (String) throws -> Void
  ) throws -> EncodedDataset {
    if objective.head.problem == .nextToken {
      return try data.examples.contains { $0.conversation != nil }
        ? encode(conversations: data, learning: turns, packing, notice)
        : encode(documents: data, packing)
    }
    var data = data
    let head = objective.head
    if head.problem != .regression {
      data = try data.relabelled(as: LabelSet(head.labels, source: data.source))
    }
    for (index, example) in data.examples.enumerated() {
      guard let target = example.target, objective.accepts(target) else {
        throw InputError(
          data.source, at: "example \(index + 1)", "expected \(objective.answerName) to predict")
      }
    }
    return try encode(texts: data, tagged: tokens, notice)
  }

  /// Examples whose answers do not matter.
  /// - Parameters:
  ///   - data: the examples.
  ///   - tokens: where words are tagged, which tokens of a word have its tag.
  ///   - notice: is told when examples were left out or truncated.
  /// - Throws: `InputError` when a text cannot be read by the model.
  public func encode(
    texts data: Dataset, tagged tokens: TaggedTokens = .first, _ notice: (String) throws -> Void
  ) throws -> EncodedDataset {
    let encoded = try EncodedDataset(
      data, tokenizer, maximumLength: maximumLength, tagged: tokens)
    try check(encoded)
    if data.skippedRows > 0 {
      try notice(
        "\(data.source): \(data.skippedRows) rows were left out, as they have more or fewer fields than there are columns"
      )
    }
    if encoded.truncatedCount > 0 {
      try notice(
        "\(data.source): \(encoded.truncatedCount) of \(encoded.sequences.count) examples are longer "
          + "than \(maximumLength) tokens and were truncated")
    }
    return encoded
  }

  func check(_ data: EncodedDataset) throws {
    for (index, encoding) in data.sequences.map(\.encoding).enumerated() {
      guard !encoding.ids.isEmpty else {
        throw InputError(
          data.source, at: "example \(index + 1)", "has no tokens, expected at least one")
      }
      guard encoding.ids.count <= maximumLength else {
        throw error(
          "adds \(encoding.ids.count) special tokens, more than \(maximumLength) positions")
      }
      if let id = encoding.ids.first(where: { $0 >= limits.vocabularySize }) {
        throw InputError(
          data.source, at: "example \(index + 1)",
          "holds the added token \"\(tokenizer.token(for: id) ?? "")\" with the id \(id), but the model's word table has "
            + "only \(limits.vocabularySize) rows")
      }
      if let type = encoding.typeIds.first(where: { $0 >= limits.typeVocabularySize }) {
        throw error(
          "gives the token type \(type), but the model's token-type table has only "
            + "\(limits.typeVocabularySize) rows")
      }
    }
  }

  private func error(_ problem: String) -> InputError {
    let file = folder.appendingPathComponent("tokenizer.json")
    let name = FileManager.default.fileExists(atPath: file.path) ? file : folder
    return InputError(name.path, problem)
  }
}

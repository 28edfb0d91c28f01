import Datasets
import Support
import Tokenizers

/// Texts that a language model learns to go on with.
extension TextEncoder {
  /// Documents, each with the tokenizer's token for its end; every token but the first is to be predicted. What is longer
  /// than the model reads at once is cut into pieces. A piece begins with the last token of the one before, so that every
  /// token is predicted once.
  /// - Throws: `InputError` when a text cannot be read by the model, or nothing is to be predicted.
  func encode(documents data: Dataset) throws -> EncodedDataset {
    let items = try data.examples.flatMap { example in
      var ids = try tokenizer.encode(example.text).ids
      if let end = tokenizer.specialTokens.end, ids.last != end { ids.append(end) }
      return pieces(of: ids)
    }
    guard !items.isEmpty else {
      throw InputError(data.source, "has no text of two tokens, expected one to learn from")
    }
    let encoded = EncodedDataset(items, source: data.source)
    try check(encoded)
    return encoded
  }

  /// Conversations by the model's chat template; what the assistant says is to be predicted. Of a conversation that is
  /// longer than the model reads at once the end is cut off.
  /// - Parameter notice: is told when conversations were left out or cut.
  /// - Throws: `InputError` when the model has no chat template, or nothing is to be predicted.
  func encode(conversations data: Dataset, _ notice: (String) throws -> Void) throws
    -> EncodedDataset
  {
    let encoder = try ConversationEncoder(source, tokenizer)
    var (items, lost, cut) = ([EncodedDataset.Item](), 0, 0)
    for example in data.examples {
      for (ids, answers) in try encoder.sequences(example.conversation ?? []) {
        let kept = answers.filter { $0 < maximumLength }
        guard !kept.isEmpty else {
          lost += 1
          continue
        }
        if ids.count > maximumLength { cut += 1 }
        let piece = Array(ids.prefix(maximumLength))
        items.append(
          EncodedDataset.Item(
            tokens: Encoding(
              ids: piece, typeIds: Array(repeating: 0, count: piece.count),
              wasTruncated: ids.count > maximumLength), answers: kept))
      }
    }
    if cut > 0 {
      try notice(
        "\(data.source): \(cut) of \(items.count + lost) conversations are longer than \(maximumLength) tokens and were "
          + "cut off")
    }
    if lost > 0 {
      try notice(
        "\(data.source): \(lost) conversations have no answer within \(maximumLength) tokens and were left out"
      )
    }
    guard !items.isEmpty else {
      throw InputError(
        data.source, "has no answer within \(maximumLength) tokens, expected one to learn from")
    }
    let encoded = EncodedDataset(items, source: data.source)
    try check(encoded)
    return encoded
  }

  private func pieces(of ids: [Int32]) -> [EncodedDataset.Item] {
    stride(from: 0, to: ids.count - 1, by: maximumLength - 1).map { start in
      let piece = Array(ids[start..<min(start + maximumLength, ids.count)])
      return EncodedDataset.Item(
        tokens: Encoding(
          ids: piece, typeIds: Array(repeating: 0, count: piece.count), wasTruncated: false),
        answers: Array(1..<piece.count))
    }
  }
}

import Datasets
import Support
import Tokenizers

/// Texts that a language model learns to go on with.
extension TextEncoder {
  /// Documents, each with the tokenizer's token for its end; every token but the first is to be predicted. What is longer
  /// than the model reads at once is cut into pieces. A piece begins with the last token of the one before, so that every
  /// token is predicted once.
  /// - Throws: `InputError` when a text cannot be read by the model, or nothing is to be predicted.
  func encode(documents data: Dataset, _ packing: Packing) throws -> EncodedDataset {
    let items = try data.examples.flatMap { example in
      var ids = try tokenizer.encode(example.text).ids
      if let end = tokenizer.specialTokens.end, ids.last != end { ids.append(end) }
      return packing == .wrapped ? pieces(of: ids, ids.count) : pieces(of: ids, maximumLength)
    }
    guard !items.isEmpty else {
      throw InputError(data.source, "has no text of two tokens, expected one to learn from")
    }
    return try packed(items, packing, source: data.source)
  }

  /// Conversations by the model's chat template. Of a conversation that is longer than the model reads at once the end is
  /// cut off, unless rows are filled by pieces.
  /// - Parameters:
  ///   - turns: what is to be predicted.
  ///   - notice: is told when conversations were left out or cut.
  /// - Throws: `InputError` when the model has no chat template, or nothing is to be predicted.
  func encode(
    conversations data: Dataset, learning turns: LearntTurns, _ packing: Packing,
    _ notice: (String) throws -> Void
  ) throws -> EncodedDataset {
    let encoder = try ConversationEncoder(source, tokenizer)
    let limit = packing == .wrapped ? Int.max : maximumLength
    var (items, lost, cut) = ([EncodedDataset.Item](), 0, 0)
    for example in data.examples {
      for (ids, answers) in try encoder.sequences(example.conversation ?? [], learning: turns) {
        let kept = answers.filter { $0 < limit }
        guard !kept.isEmpty else {
          lost += 1
          continue
        }
        if ids.count > limit { cut += 1 }
        let piece = Array(ids.prefix(limit))
        items.append(
          EncodedDataset.Item(
            tokens: Encoding(
              ids: piece, typeIds: Array(repeating: 0, count: piece.count),
              wasTruncated: ids.count > limit), answers: kept))
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
    return try packed(items, packing, source: data.source)
  }

  /// Sequences in the rows that they share.
  private func packed(_ items: [EncodedDataset.Item], _ packing: Packing, source: String) throws
    -> EncodedDataset
  {
    var data = EncodedDataset(items, source: source)
    if packing == .wrapped { data = data.wrapped(rowLength: maximumLength) }
    try check(data)
    return packing == .bestFit ? data.packed(rowLength: maximumLength) : data
  }

  private func pieces(of ids: [Int32], _ limit: Int) -> [EncodedDataset.Item] {
    stride(from: 0, to: ids.count - 1, by: max(1, limit - 1)).map { start in
      let piece = Array(ids[start..<min(start + limit, ids.count)])
      return EncodedDataset.Item(
        tokens: Encoding(
          ids: piece, typeIds: Array(repeating: 0, count: piece.count), wasTruncated: false),
        answers: Array(1..<piece.count))
    }
  }
}

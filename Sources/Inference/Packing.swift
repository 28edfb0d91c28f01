import Tokenizers

/// How the sequences of a language model share the rows of a batch. A row has at most as many tokens as the longest
/// sequence may have; sequences in one row do not see each other.
public enum Packing: String, CaseIterable, Codable, Sendable {
  /// Each sequence is a row of its own.
  case none
  /// Rows hold whole sequences: the longest are placed first, each in the row that it fills best.
  case bestFit = "best-fit"
  /// Sequences follow each other, in the order of the file, and are cut where a row is full.
  case wrapped
}

extension EncodedDataset {
  /// The same sequences, whole, in as few rows as best-fit decreasing finds.
  func packed(rowLength: Int) -> EncodedDataset {
    let longestFirst = sequences.indices.sorted {
      let (left, right) = (sequences[$0].encoding.ids.count, sequences[$1].encoding.ids.count)
      return left == right ? $0 < $1 : left > right
    }
    var rows: [[Int]] = []
    // The rows that have room for so many tokens.
    var open: [[Int]] = Array(repeating: [], count: rowLength + 1)
    for index in longestFirst {
      let length = sequences[index].encoding.ids.count
      let room = (length...rowLength).first { !open[$0].isEmpty }
      let row = room.flatMap { open[$0].popLast() } ?? rows.count
      if row == rows.count { rows.append([]) }
      rows[row].append(index)
      open[(room ?? rowLength) - length].append(row)
    }
    return EncodedDataset(sequences, rows: rows, source: source)
  }

  /// The sequences one after the other, cut where a row is full. A piece begins with the last token of the one before, so
  /// that every token is predicted once; pieces in which nothing is to be predicted are left out.
  func wrapped(rowLength: Int) -> EncodedDataset {
    var pieces: [Item] = []
    var rows: [[Int]] = []
    var room = 0
    for item in sequences {
      let end = item.encoding.ids.count
      var start = 0
      while start < end - 1 {
        if room < 2 {
          rows.append([])
          room = rowLength
        }
        let range = start..<min(start + room, end)
        if let piece = item.piece(range) {
          rows[rows.count - 1].append(pieces.count)
          pieces.append(piece)
          room -= range.count
        }
        start = range.upperBound - 1
      }
    }
    return EncodedDataset(pieces, rows: rows.filter { !$0.isEmpty }, source: source)
  }
}

extension EncodedDataset.Item {
  /// Some tokens of a text and what is to be predicted of them; nil if that is nothing.
  fileprivate func piece(_ range: Range<Int>) -> Self? {
    let answers = (rows ?? []).map { $0 + 1 }
      .filter { $0 > range.lowerBound && $0 < range.upperBound }
    guard !answers.isEmpty else { return nil }
    return Self(
      tokens: Encoding(
        ids: Array(encoding.ids[range]), typeIds: Array(encoding.typeIds[range]),
        wasTruncated: false),
      answers: answers.map { $0 - range.lowerBound })
  }
}

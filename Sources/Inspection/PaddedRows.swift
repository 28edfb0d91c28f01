import Compute
import Models

/// Where the rows of a batch would be if its sequences were padded to the longest one, as the paper has them.
struct PaddedRows {
  /// The row of each token.
  private let all: [Int]
  /// Those of the tokens that the head reads, which are all that is computed above the last attention.
  private let asked: [Int]
  /// How many there are, padding included.
  let count: Int

  init(_ batch: TokenBatch) {
    let offsets = batch.offsets
    let lengths = zip(offsets, offsets.dropFirst()).map { $1 - $0 }
    let longest = lengths.max() ?? 0
    let all = lengths.enumerated().flatMap { sequence, length in
      (0..<length).map { sequence * longest + $0 }
    }
    (self.all, count) = (all, lengths.count * longest)
    asked = batch.queries.rows(offsets)?.map { all[Int($0)] } ?? all
  }

  /// The places of as many rows; nil where it is not known which ones they are.
  func places(of rows: Int) -> [Int]? {
    if rows == all.count { return all }
    return rows == asked.count ? asked : nil
  }
}

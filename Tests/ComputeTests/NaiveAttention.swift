import Foundation

@testable import Compute

/// Attention over packed sequences in double precision, scores and all.
struct NaiveAttention {
  let shape: AttentionShape
  let query: [Double], key: [Double], value: [Double]

  private var width: Int { shape.heads * shape.headSize }
  private var scale: Double { 1 / Double(shape.headSize).squareRoot() }

  /// A query row of a head with everything it sees.
  private struct Row {
    let query: Int, keys: Range<Int>, columns: Range<Int>
    /// exp(score) / Σ, and the dropout factors of these.
    let probabilities: [Double], factors: [Double]
    let logSumExp: Double
  }

  private func rows() -> [Row] {
    (0..<shape.offsets.count - 1).flatMap { s -> [Row] in
      let keys = shape.offsets[s]..<shape.offsets[s + 1]
      let queries = shape.queries == .all ? keys : s..<s + 1
      return (0..<shape.heads).flatMap { head in queries.map { row($0, keys, head) } }
    }
  }

  private func row(_ query: Int, _ keys: Range<Int>, _ head: Int) -> Row {
    let columns = head * shape.headSize..<(head + 1) * shape.headSize
    let scores = keys.map { key in
      scale * columns.reduce(0) { $0 + self.query[query * width + $1] * self.key[key * width + $1] }
    }
    let top = scores.max() ?? 0
    let sum = scores.reduce(0) { $0 + exp($1 - top) }
    let mask = NaiveDropout(
      dropout: shape.dropout, site: UInt32(shape.site | head << 16),
      probability: shape.probability)
    return Row(
      query: query, keys: keys, columns: columns,
      probabilities: scores.map { exp($0 - top) / sum },
      factors: scores.indices.map { mask.factor(row: query, column: $0) },
      logSumExp: top + log(sum))
  }

  func output() -> [Double] {
    var output = [Double](repeating: 0, count: query.count)
    for row in rows() {
      for (j, key) in row.keys.enumerated() {
        let p = row.probabilities[j] * row.factors[j]
        for c in row.columns { output[row.query * width + c] += p * value[key * width + c] }
      }
    }
    return output
  }

  /// [queries, heads]
  func logSumExp() -> [Double] {
    var result = [Double](repeating: 0, count: query.count / shape.headSize)
    for row in rows() {
      result[row.query * shape.heads + row.columns.lowerBound / shape.headSize] = row.logSumExp
    }
    return result
  }

  /// The gradients of query, key and value, by the chain rule through every score.
  func backward(_ dOutput: [Double]) -> (query: [Double], key: [Double], value: [Double]) {
    var dq = [Double](repeating: 0, count: query.count)
    var dk = [Double](repeating: 0, count: key.count), dv = dk
    for row in rows() {
      let dp = row.keys.enumerated().map { j, key -> Double in
        var sum = 0.0
        for c in row.columns {
          let g = dOutput[row.query * width + c]
          dv[key * width + c] += row.probabilities[j] * row.factors[j] * g
          sum += value[key * width + c] * g
        }
        return sum * row.factors[j]
      }
      let mean = zip(dp, row.probabilities).reduce(0) { $0 + $1.0 * $1.1 }
      for (j, key) in row.keys.enumerated() {
        let ds = row.probabilities[j] * (dp[j] - mean) * scale
        for c in row.columns {
          dq[row.query * width + c] += ds * self.key[key * width + c]
          dk[key * width + c] += ds * self.query[row.query * width + c]
        }
      }
    }
    return (dq, dk, dv)
  }
}

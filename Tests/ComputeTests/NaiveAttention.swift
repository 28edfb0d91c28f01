import Foundation

@testable import Compute

/// Attention over packed sequences in double precision, scores and all.
struct NaiveAttention {
  let shape: AttentionShape
  let query: [Double], key: [Double], value: [Double]

  private var size: Int { shape.heads.size }
  private var width: Int { shape.heads.count * size }
  private var keyWidth: Int { shape.heads.keyValueCount * size }
  private var scale: Double { 1 / Double(size).squareRoot() }

  /// A query row of a head with everything it sees: where they begin in the matrices of queries, and of keys.
  private struct Row {
    let query: Int, head: Int, keys: [Int]
    let start: Int, keyStarts: [Int]
    /// exp(score) / Σ, and the dropout factors of these.
    let probabilities: [Double], factors: [Double]
    let logSumExp: Double
  }

  private func rows() -> [Row] {
    let asking =
      shape.queries.rows(shape.offsets) ?? (0..<Int32(shape.offsets.last ?? 0)).map { $0 }
    return asking.enumerated().flatMap { query, token -> [Row] in
      let token = Int(token)
      let s = shape.offsets.lastIndex { $0 <= token } ?? 0
      let keys = shape.offsets[s]..<shape.offsets[s + 1]
      let seen = keys.filter { key in
        guard case .causal(let window) = shape.mask else { return true }
        return key <= token && (window.map { key > token - $0 } ?? true)
      }
      return (0..<shape.heads.count).map { row(query, seen, first: keys.lowerBound, $0) }
    }
  }

  private func row(_ query: Int, _ keys: [Int], first: Int, _ head: Int) -> Row {
    let start = query * width + head * size
    let keyHead = head / (shape.heads.count / shape.heads.keyValueCount)
    let keyStarts = keys.map { $0 * keyWidth + keyHead * size }
    let scores = keyStarts.map { key in
      scale * (0..<size).reduce(0) { $0 + self.query[start + $1] * self.key[key + $1] }
    }
    let top = scores.max() ?? 0
    let sum = scores.reduce(0) { $0 + exp($1 - top) }
    let mask = NaiveDropout(
      dropout: shape.dropout, site: UInt32(shape.site | head << 16),
      probability: shape.probability)
    return Row(
      query: query, head: head, keys: keys, start: start, keyStarts: keyStarts,
      probabilities: scores.map { exp($0 - top) / sum },
      factors: keys.map { mask.factor(row: query, column: $0 - first) },
      logSumExp: top + log(sum))
  }

  func output() -> [Double] {
    var output = [Double](repeating: 0, count: query.count)
    for row in rows() {
      for (j, key) in row.keyStarts.enumerated() {
        let p = row.probabilities[j] * row.factors[j]
        for c in 0..<size { output[row.start + c] += p * value[key + c] }
      }
    }
    return output
  }

  /// [queries, heads]
  func logSumExp() -> [Double] {
    var result = [Double](repeating: 0, count: query.count / size)
    for row in rows() { result[row.query * shape.heads.count + row.head] = row.logSumExp }
    return result
  }

  /// The gradients of query, key and value, by the chain rule through every score.
  func backward(_ dOutput: [Double]) -> (query: [Double], key: [Double], value: [Double]) {
    var dq = [Double](repeating: 0, count: query.count)
    var dk = [Double](repeating: 0, count: key.count), dv = dk
    for row in rows() {
      let dp = row.keyStarts.enumerated().map { j, key -> Double in
        var sum = 0.0
        for c in 0..<size {
          let g = dOutput[row.start + c]
          dv[key + c] += row.probabilities[j] * row.factors[j] * g
          sum += value[key + c] * g
        }
        return sum * row.factors[j]
      }
      let mean = zip(dp, row.probabilities).reduce(0) { $0 + $1.0 * $1.1 }
      for (j, key) in row.keyStarts.enumerated() {
        let ds = row.probabilities[j] * (dp[j] - mean) * scale
        for c in 0..<size {
          dq[row.start + c] += ds * self.key[key + c]
          dk[key + c] += ds * self.query[row.start + c]
        }
      }
    }
    return (dq, dk, dv)
  }
}

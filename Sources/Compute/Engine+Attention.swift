import CKernels

/// Which tokens of a batch ask: in the last block only those that the head reads.
public enum Queries: Hashable, Sendable {
  /// Every token.
  case all
  /// Only the first token of each sequence.
  case first
  /// Only the last token of each sequence.
  case last
  /// Only these tokens of the batch, in ascending order.
  case rows([Int32])

  /// The tokens that ask, for sequences at these offsets; nil if all do.
  package func rows(_ offsets: [Int]) -> [Int32]? {
    switch self {
    case .all: nil
    case .first: offsets.dropLast().map(Int32.init)
    case .last: offsets.dropFirst().map { Int32($0 - 1) }
    case .rows(let rows): rows
    }
  }

  /// How many tokens ask.
  package func count(_ offsets: [Int]) -> Int {
    switch self {
    case .all: offsets.last ?? 0
    case .first, .last: offsets.count - 1
    case .rows(let rows): rows.count
    }
  }

  /// Where the asking tokens of every sequence begin among all that ask, and after the last their number.
  func starts(_ offsets: [Int]) -> [Int] {
    switch self {
    case .all: return offsets
    case .first, .last: return Array(0..<offsets.count)
    case .rows(let rows):
      var starts: [Int] = []
      var row = 0
      for offset in offsets {
        while row < rows.count, rows[row] < offset { row += 1 }
        starts.append(row)
      }
      return starts
    }
  }
}

extension Queries {
  /// The place of every asking token in its sequence.
  package func positions(_ offsets: [Int]) -> [Int32] {
    let starts = starts(offsets)
    let rows = rows(offsets)
    return (0..<offsets.count - 1).flatMap { sequence -> [Int32] in
      let begin = Int32(offsets[sequence])
      let asking = starts[sequence]..<starts[sequence + 1]
      return rows.map { rows in asking.map { rows[$0] - begin } }
        ?? (0..<Int32(asking.count)).map(\.self)
    }
  }
}

/// Which tokens of its sequence a token sees.
public enum AttentionMask: Hashable, Sendable {
  /// All.
  case none
  /// Itself and those before it; of these the last `window` only, if that is given.
  case causal(window: Int?)
}

/// The heads of attention: query heads share key and value heads in groups of the same size (Ainslie et al., 2023).
public struct AttentionHeads: Hashable, Sendable {
  /// The number of query heads.
  public let count: Int
  /// The number of key and value heads, a divisor of `count`.
  public let keyValueCount: Int
  /// The columns of each.
  public let size: Int

  /// Heads of this shape; every query head has a key head of its own unless said otherwise.
  public init(_ count: Int, keyValueCount: Int? = nil, size: Int) {
    self.count = count
    self.keyValueCount = keyValueCount ?? count
    self.size = size
    precondition(count.isMultiple(of: self.keyValueCount), "heads do not fall into groups")
  }

  /// The columns of all query heads.
  package var width: Int { count * size }
  /// The columns of all key heads, and of all value heads.
  package var keyValueWidth: Int { keyValueCount * size }
}

/// The shape of attention over packed sequences: sequence s is rows offsets[s]..<offsets[s + 1].
package struct AttentionShape {
  package let offsets: [Int]
  package let heads: AttentionHeads
  package let mask: AttentionMask
  package let queries: Queries
  package let dropout: Dropout?
  package let site: Int
  package let probability: Float

  package init(
    offsets: [Int], heads: AttentionHeads, mask: AttentionMask = .none, queries: Queries,
    dropout: Dropout?, site: Int, probability: Float
  ) {
    self.offsets = offsets
    self.heads = heads
    self.mask = mask
    self.queries = queries
    self.dropout = dropout
    self.site = site
    self.probability = probability
  }

  /// The same for other sequences and queries.
  package func of(offsets: [Int], queries: Queries) -> AttentionShape {
    AttentionShape(
      offsets: offsets, heads: heads, mask: mask, queries: queries, dropout: dropout, site: site,
      probability: probability)
  }

  var sequences: Int { offsets.count - 1 }
  var longest: Int { (0..<sequences).map { offsets[$0 + 1] - offsets[$0] }.max() ?? 0 }
}

extension Engine {
  /// output = softmax(query keyᵀ / √size) value per sequence and head, with dropout of probabilities.
  ///
  /// query and output are [queries, columns of query heads], key and value [tokens, columns of key heads]; `logSumExp`
  /// is [queries, query heads] and is all that is kept of the scores.
  package func attention(
    _ shape: AttentionShape, query: Operand, key: Operand, value: Operand, into output: Operand,
    logSumExp: Matrix<Float>
  ) {
    eachKeyHead(shape, query, key, value) { group, place, scratch in
      withUnsafePointer(to: group) {
        kernels.attention_forward(
          $0, output.kernel.advanced(by: place.row * output.stride + place.column), output.stride,
          logSumExp.data + place.row * logSumExp.stride + place.head, logSumExp.stride, scratch)
      }
    }
  }

  /// Writes the gradients of query, key and value; all matrices as in `attention`.
  package func attentionBackward(
    _ shape: AttentionShape, query: Operand, key: Operand, value: Operand,
    outputGradient: Matrix<Float>, logSumExp: Matrix<Float>, queryGradient: Operand,
    keyGradient: Operand, valueGradient: Operand
  ) {
    precondition(queryGradient.stride == query.stride && keyGradient.stride == key.stride)
    eachKeyHead(shape, query, key, value) { group, place, scratch in
      let firstKey = place.keyRow * key.stride + place.keyColumn
      withUnsafePointer(to: group) {
        kernels.attention_backward(
          $0, outputGradient.data + place.row * outputGradient.stride + place.column,
          outputGradient.stride, logSumExp.data + place.row * logSumExp.stride + place.head,
          logSumExp.stride,
          queryGradient.kernel.advanced(by: place.row * query.stride + place.column),
          keyGradient.kernel.advanced(by: firstKey), valueGradient.kernel.advanced(by: firstKey),
          scratch)
      }
    }
  }

  /// Where a key head of a sequence lies, and the query heads that share it.
  private struct HeadPlace {
    /// The first query row, and the first key row.
    let row: Int, keyRow: Int
    /// The first of the query heads and its first column, and that of the key head.
    let head: Int, column: Int, keyColumn: Int
  }

  /// Calls `body(query heads, place, scratch memory)` for every sequence and key head.
  private func eachKeyHead(
    _ shape: AttentionShape, _ query: Operand, _ key: Operand, _ value: Operand,
    function: StaticString = #function,
    _ body: (ck_attention, HeadPlace, UnsafeMutablePointer<Float>) -> Void
  ) {
    let heads = shape.heads
    precondition(key.stride == value.stride && query.columns == heads.width)
    precondition(key.columns == heads.keyValueWidth)
    let dropout = shape.dropout.kernel(shape.site, shape.probability)
    let starts = shape.queries.starts(shape.offsets)
    let group = heads.count / heads.keyValueCount
    let positions = shape.mask == .none ? nil : shape.queries.positions(shape.offsets)
    var window = Int.max
    if case .causal(let given?) = shape.mask { window = given }
    scratch.scope {
      let size = kernels.attention_scratch(shape.longest, heads.size)
      let memory = scratch.allocate(size * threads, of: Float.self)
      positions.withPointer { positions in
        tasks(shape.sequences * heads.keyValueCount, function: function) { task, worker in
          let (sequence, keyHead) = (task / heads.keyValueCount, task % heads.keyValueCount)
          let (begin, end) = (shape.offsets[sequence], shape.offsets[sequence + 1])
          let row = starts[sequence]
          let head = keyHead * group
          let place = HeadPlace(
            row: row, keyRow: begin, head: head, column: head * heads.size,
            keyColumn: keyHead * heads.size)
          body(
            ck_attention(
              queries: starts[sequence + 1] - row, keys: end - begin, size: heads.size,
              group: group,
              query: query.kernel.advanced(by: row * query.stride + place.column),
              key: key.kernel.advanced(by: begin * key.stride + place.keyColumn),
              value: value.kernel.advanced(by: begin * value.stride + place.keyColumn),
              query_stride: query.stride, key_stride: key.stride,
              scale: 1 / Float(heads.size).squareRoot(), positions: positions.map { $0 + row },
              window: window, first_row: UInt32(row), head: UInt32(head), dropout: dropout),
            place, memory + worker * size)
        }
      }
    }
  }
}

extension [Int32]? {
  /// Calls `body` with where the numbers are, if there are any.
  fileprivate func withPointer(_ body: (UnsafePointer<Int32>?) -> Void) {
    guard let self else { return body(nil) }
    self.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

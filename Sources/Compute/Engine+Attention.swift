import CKernels

/// Which tokens of a batch ask: in the last block only those that the head reads.
public enum Queries: Hashable, Sendable {
  /// Every token.
  case all
  /// Only the first token of each sequence.
  case first
  /// Only these tokens of the batch, in ascending order.
  case rows([Int32])

  /// The tokens that ask, for sequences at these offsets; nil if all do.
  package func rows(_ offsets: [Int]) -> [Int32]? {
    switch self {
    case .all: nil
    case .first: offsets.dropLast().map(Int32.init)
    case .rows(let rows): rows
    }
  }

  /// How many tokens ask.
  package func count(_ offsets: [Int]) -> Int {
    switch self {
    case .all: offsets.last ?? 0
    case .first: offsets.count - 1
    case .rows(let rows): rows.count
    }
  }

  /// Where the asking tokens of every sequence begin among all that ask, and after the last their number.
  func starts(_ offsets: [Int]) -> [Int] {
    switch self {
    case .all: return offsets
    case .first: return Array(0..<offsets.count)
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

/// The shape of attention over packed sequences: sequence s is rows offsets[s]..<offsets[s + 1].
package struct AttentionShape {
  package let offsets: [Int]
  package let heads: Int
  package let headSize: Int
  package let queries: Queries
  package let dropout: Dropout?
  package let site: Int
  package let probability: Float

  package init(
    offsets: [Int], heads: Int, headSize: Int, queries: Queries, dropout: Dropout?, site: Int,
    probability: Float
  ) {
    self.offsets = offsets
    self.heads = heads
    self.headSize = headSize
    self.queries = queries
    self.dropout = dropout
    self.site = site
    self.probability = probability
  }

  var sequences: Int { offsets.count - 1 }
  var longest: Int { (0..<sequences).map { offsets[$0 + 1] - offsets[$0] }.max() ?? 0 }
}

extension Engine {
  /// output = softmax(query keyᵀ / √headSize) value per sequence and head, with dropout of probabilities.
  ///
  /// query and output are [queries, hidden], key and value [tokens, hidden]; `logSumExp` is
  /// [queries, heads] and is all that is kept of the scores.
  package func attention(
    _ shape: AttentionShape, query: Operand, key: Operand, value: Operand, into output: Operand,
    logSumExp: Matrix<Float>
  ) {
    eachHead(shape, query, key, value) { head, place, scratch in
      let (row, column) = (place.row, place.column)
      withUnsafePointer(to: head) {
        kernels.attention_forward(
          $0, output.kernel.advanced(by: row * output.stride + column), output.stride,
          logSumExp.data + row * shape.heads + column / shape.headSize, shape.heads, scratch)
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
    eachHead(shape, query, key, value) { head, place, scratch in
      let (row, column) = (place.row, place.column)
      let firstKey = place.keyRow * key.stride + column
      withUnsafePointer(to: head) {
        kernels.attention_backward(
          $0, outputGradient.data + row * outputGradient.stride + column, outputGradient.stride,
          logSumExp.data + row * shape.heads + column / shape.headSize, shape.heads,
          queryGradient.kernel.advanced(by: row * query.stride + column),
          keyGradient.kernel.advanced(by: firstKey), valueGradient.kernel.advanced(by: firstKey),
          scratch)
      }
    }
  }

  /// Where a head of a sequence lies.
  private struct HeadPlace {
    /// The first query row, and the first key row.
    let row: Int, keyRow: Int
    /// The first column.
    let column: Int
  }

  /// Calls `body(head, place, scratch memory)` for every sequence and head.
  private func eachHead(
    _ shape: AttentionShape, _ query: Operand, _ key: Operand, _ value: Operand,
    function: StaticString = #function,
    _ body: (ck_attention, HeadPlace, UnsafeMutablePointer<Float>) -> Void
  ) {
    precondition(key.stride == value.stride && query.columns == shape.heads * shape.headSize)
    let dropout = shape.dropout.kernel(shape.site, shape.probability)
    let starts = shape.queries.starts(shape.offsets)
    scratch.scope {
      let size = kernels.attention_scratch(shape.longest, shape.headSize)
      let memory = scratch.allocate(size * threads, of: Float.self)
      tasks(shape.sequences * shape.heads, function: function) { task, worker in
        let (sequence, head) = (task / shape.heads, task % shape.heads)
        let (begin, end) = (shape.offsets[sequence], shape.offsets[sequence + 1])
        let row = starts[sequence]
        let column = head * shape.headSize
        body(
          ck_attention(
            queries: starts[sequence + 1] - row, keys: end - begin,
            size: shape.headSize, query: query.kernel.advanced(by: row * query.stride + column),
            key: key.kernel.advanced(by: begin * key.stride + column),
            value: value.kernel.advanced(by: begin * value.stride + column),
            query_stride: query.stride,
            key_stride: key.stride, scale: 1 / Float(shape.headSize).squareRoot(),
            first_row: UInt32(row), head: UInt32(head), dropout: dropout),
          HeadPlace(row: row, keyRow: begin, column: column), memory + worker * size)
      }
    }
  }
}

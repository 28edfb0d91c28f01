import Compute

/// The input of a decoder: a row of a table for every token. The table may be the weight of the layer that makes the
/// logits, too.
package final class TokenEmbedding {
  /// The table [vocabSize, hiddenSize].
  package let words: Parameter

  /// A layer of this table.
  package init(words: Parameter) { self.words = words }

  package var isTraining: Bool { words.rowGradient != nil || words.isTrainedDensely }

  /// y [tokens, hiddenSize]
  package func forward(_ ids: [Int32], into y: Matrix<Float>, _ engine: Engine) {
    words.readRows(ids, into: y, engine)
  }

  /// Accumulates the gradient of the table.
  package func backward(_ dy: Matrix<Float>, _ ids: [Int32], _ pass: Pass) {
    if let rows = words.rowGradient {
      rows.add(dy, at: ids, pass.engine)
    } else if let gradient = words.gradient {
      pass.engine.add(dy, toRows: ids, of: gradient)
    }
  }
}

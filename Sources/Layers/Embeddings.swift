import Compute
import Foundation

/// The input of BERT and its relatives: dropout(LayerNorm(word + position + token type)).
package final class Embeddings {
  /// The word table [vocabSize, hiddenSize].
  package let words: Parameter
  /// The position table [maxPositionEmbeddings, hiddenSize].
  package let positions: Parameter
  /// The token-type table [typeVocabSize, hiddenSize], if the model has one.
  package let types: Parameter?
  /// The normalisation of the sum.
  package let norm: LayerNorm
  private let site: DropoutSite

  package init(
    words: Parameter, positions: Parameter, types: Parameter?, norm: LayerNorm, site: DropoutSite
  ) {
    self.words = words
    self.positions = positions
    self.types = types
    self.norm = norm
    self.site = site
  }

  /// The rows of the three tables that each token reads.
  package struct Indices {
    package let words: [Int32], positions: [Int32], types: [Int32]

    package init(words: [Int32], positions: [Int32], types: [Int32]) {
      self.words = words
      self.positions = positions
      self.types = types
    }
  }

  /// What the backward pass needs.
  package struct Tape {
    fileprivate let indices: Indices
    fileprivate let normalized: NormalizedRows
  }

  package var isTraining: Bool {
    norm.isTraining || [words, positions, types].contains { $0?.rowGradient != nil }
  }

  /// y [tokens, hiddenSize]
  package func forward(_ indices: Indices, into hidden: Hidden, _ pass: Pass) -> Tape {
    let (engine, y) = (pass.engine, hidden.values)
    sum(indices, into: y, engine)
    let arena = isTraining ? pass.arena : engine.scratch
    let normalized = norm.forward(y, into: y, saving: arena, engine)
    if pass.dropout != nil { site.apply(pass, y, into: y) }
    if let rounded = hidden.rounded { engine.round(y, into: rounded) }
    return Tape(indices: indices, normalized: normalized)
  }

  private func sum(_ indices: Indices, into y: Matrix<Float>, _ engine: Engine) {
    let width = y.columns
    let others = [(positions, indices.positions)] + (types.map { [($0, indices.types)] } ?? [])
    guard ([words] + others.map(\.0)).allSatisfy({ $0.storedMatrix == nil }) else {
      // Tables that the file does not have in float32 are decoded row by row.
      words.readRows(indices.words, into: y, engine)
      for (table, rows) in others {
        engine.scratch.scope {
          let part = engine.scratch.matrix(y.rows, width, of: Float.self)
          table.readRows(rows, into: part, engine)
          engine.add(part, to: y)
        }
      }
      return
    }
    engine.parallel(y.rows, grain: 32) { rows in
      for r in rows {
        let row = y.data + r * width
        row.update(from: words.value.data + Int(indices.words[r]) * width, count: width)
        for (table, rows) in others {
          engine.axpy(1, table.value.data + Int(rows[r]) * width, row, width)
        }
      }
    }
  }

  /// Accumulates the gradients of the tables; dy is overwritten.
  package func backward(_ dy: Matrix<Float>, _ tape: Tape, _ pass: Pass) {
    let engine = pass.engine
    if pass.dropout != nil { site.apply(pass, dy, into: dy) }
    norm.backward(dy, tape.normalized, into: dy, engine)
    words.rowGradient?.add(dy, at: tape.indices.words, engine)
    positions.rowGradient?.add(dy, at: tape.indices.positions, engine)
    types?.rowGradient?.add(dy, at: tape.indices.types, engine)
  }
}

import Compute
import Layers

/// The body of LLaMA and its relatives: the word table, block after block, and a last normalisation.
final class Decoder: CausalTransformer {
  let hiddenSize: Int
  private let embedding: TokenEmbedding
  private let blocks: BlockStack<PreNormBlock>
  private let norm: RMSNorm

  init(embedding: TokenEmbedding, blocks: [PreNormBlock], norm: RMSNorm, hiddenSize: Int) {
    self.embedding = embedding
    self.blocks = BlockStack(blocks, hiddenSize: hiddenSize)
    self.norm = norm
    self.hiddenSize = hiddenSize
  }

  /// What the backward pass needs.
  struct Tape {
    fileprivate let ids: [Int32]
    fileprivate let blocks: BlockStack<PreNormBlock>.Tape
    fileprivate let normalized: NormalizedRows
  }

  var linears: [LinearSite] { blocks.linears }

  /// The last token has seen all others.
  var sequenceToken: Queries { .last }

  var isTraining: Bool { embedding.isTraining || blocks.isTraining || norm.isTraining }

  private var reach: BlockStack<PreNormBlock>.Reach {
    embedding.isTraining ? .belowBlocks : .blocks
  }

  func cache() -> [KeyValueCache] { blocks.cache() }

  func forward(_ batch: TokenBatch, into hidden: Matrix<Float>, _ pass: Pass) -> Tape {
    forward(batch, into: hidden, remembered: nil, pass)
  }

  func forward(
    _ batch: TokenBatch, into hidden: Matrix<Float>, caches: [KeyValueCache], _ pass: Pass
  ) {
    _ = forward(batch, into: hidden, remembered: caches, pass)
  }

  private func forward(
    _ batch: TokenBatch, into hidden: Matrix<Float>, remembered caches: [KeyValueCache]?,
    _ pass: Pass
  ) -> Tape {
    let engine = pass.engine
    let tape = blocks.forward(batch, into: hidden, reach, caches: caches, pass) { first in
      engine.profiled(.embeddings, .forward) {
        embedding.forward(batch.ids, into: first.values, engine)
      }
    }
    let saved = NormalizedRows(hidden.rows, hidden.columns, in: pass.arena, engine)
    norm.forward(hidden, into: .float32(hidden), saving: saved, engine)
    return Tape(ids: batch.ids, blocks: tape, normalized: saved)
  }

  func backward(_ gradient: Matrix<Float>, _ tape: Tape, _ pass: Pass) {
    let (engine, scratch) = (pass.engine, pass.engine.scratch)
    scratch.scope {
      let inner = scratch.matrix(gradient.rows, gradient.columns, of: Float.self)
      Operand.float32(inner).zero()
      norm.backward(gradient, tape.normalized, addingTo: inner, engine)
      blocks.backward(inner, tape.blocks, reach, pass) { first in
        engine.profiled(.embeddings, .backward) {
          embedding.backward(first, tape.ids, pass)
        }
      }
    }
  }
}

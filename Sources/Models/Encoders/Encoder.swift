import Compute
import Layers

/// The encoder of BERT and its relatives: embeddings, then block after block.
final class Encoder: Transformer {
  let hiddenSize: Int
  private let blocks: BlockStack<PostNormBlock>
  private let embeddings: Embeddings
  private let positions: PositionNumbering

  init(embeddings: Embeddings, blocks: [PostNormBlock], _ shape: EncoderConfiguration) {
    self.embeddings = embeddings
    self.blocks = BlockStack(blocks, hiddenSize: shape.hiddenSize)
    positions = shape.positions
    hiddenSize = shape.hiddenSize
  }

  /// What the backward pass needs.
  struct Tape {
    fileprivate let embeddings: Embeddings.Tape?
    fileprivate let blocks: BlockStack<PostNormBlock>.Tape
  }

  var linears: [LinearSite] { blocks.linears }

  var isTraining: Bool { embeddings.isTraining || blocks.isTraining }

  private var reach: BlockStack<PostNormBlock>.Reach {
    embeddings.isTraining ? .belowBlocks : .blocks
  }

  func forward(_ batch: TokenBatch, into hidden: Matrix<Float>, _ pass: Pass) -> Tape {
    let indices = Embeddings.Indices(
      words: batch.ids, positions: positions.rows(batch), types: batch.typeIds)
    var embedded: Embeddings.Tape?
    let tape = blocks.forward(batch, into: hidden, reach, pass) { first in
      embedded = pass.engine.profiled(.embeddings, .forward) {
        embeddings.forward(indices, into: first, pass)
      }
    }
    return Tape(embeddings: embedded, blocks: tape)
  }

  func backward(_ gradient: Matrix<Float>, _ tape: Tape, _ pass: Pass) {
    blocks.backward(gradient, tape.blocks, reach, pass) { first in
      guard let embedded = tape.embeddings else { return }
      pass.engine.profiled(.embeddings, .backward) {
        embeddings.backward(first, embedded, pass)
      }
    }
  }
}

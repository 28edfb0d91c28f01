import Compute
import Layers

/// The encoder of BERT and RoBERTa: embeddings, then block after block.
///
/// Above the last attention only the first token of each sequence is read, so only those rows are computed.
final class Encoder {
  let blocks: [TransformerBlock]
  private let embeddings: Embeddings
  private let positions: PositionNumbering
  private let hiddenSize: Int

  init(embeddings: Embeddings, blocks: [TransformerBlock], _ shape: EncoderConfiguration) {
    self.embeddings = embeddings
    self.blocks = blocks
    positions = shape.positions
    hiddenSize = shape.hiddenSize
  }

  /// What the backward pass needs.
  struct Tape {
    fileprivate let embeddings: Embeddings.Tape
    fileprivate let blocks: [TransformerBlock.Tape]
    fileprivate let tokens: Int
  }

  var isTraining: Bool { embeddings.isTraining || blocks.contains(where: \.isTraining) }

  /// The first token of every sequence after the last block [sequences, hiddenSize], among the engine's
  /// activations.
  func forward(_ batch: TokenBatch, _ pass: ForwardPass) -> (first: Matrix<Float>, tape: Tape) {
    let (engine, arena) = (pass.engine, pass.engine.activations)
    let (tokens, sequences) = (batch.tokenCount, batch.sequenceCount)
    var x = arena.matrix(tokens, hiddenSize, of: Float.self)
    let indices = Embeddings.Indices(
      words: batch.ids, positions: positions.rows(batch), types: batch.typeIds)
    let embedded = embeddings.forward(indices, into: x, pass)
    var tapes: [TransformerBlock.Tape] = []
    for (b, block) in blocks.enumerated() {
      let last = b == blocks.count - 1
      let y = arena.matrix(last ? sequences : tokens, hiddenSize, of: Float.self)
      let inside = arena.mark
      let tape = block.forward(
        Hidden(x, engine), offsets: batch.offsets, queries: last ? .first : .all, into: y, pass)
      if pass.isTraining { tapes.append(tape) } else { arena.reset(to: inside) }
      x = y
    }
    return (x, Tape(embeddings: embedded, blocks: tapes, tokens: tokens))
  }

  /// Accumulates the gradients of everything that trains, from those of the first tokens
  /// [sequences, hiddenSize]. Goes no further down than the lowest part that trains.
  func backward(_ firstGradient: Matrix<Float>, _ tape: Tape, _ pass: ForwardPass) {
    let scratch = pass.engine.scratch
    // The lowest part that trains ends the way down.
    let lowest = embeddings.isTraining ? -1 : blocks.firstIndex(where: \.isTraining) ?? blocks.count
    scratch.scope {
      let gradient = scratch.matrix(tape.tokens, hiddenSize, of: Float.self)
      let middle = scratch.matrix(tape.tokens, hiddenSize, of: Float.self)
      var dy = firstGradient
      for b in blocks.indices.reversed() where b >= lowest {
        blocks[b].backward(
          dy, tape.blocks[b], middle: middle.rows(0..<dy.rows), into: gradient,
          wanted: b > lowest ? .input : .none, pass)
        dy = gradient
      }
      if lowest < 0 { embeddings.backward(gradient, tape.embeddings, pass) }
    }
  }
}

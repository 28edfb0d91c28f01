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

  /// The first token of every sequence after the last block, into `first` [sequences, hiddenSize].
  func forward(_ batch: TokenBatch, into first: Matrix<Float>, _ pass: ForwardPass) -> Tape {
    let engine = pass.engine
    let indices = Embeddings.Indices(
      words: batch.ids, positions: positions.rows(batch), types: batch.typeIds)
    return engine.scratch.scope {
      let stream = HiddenStream(batch.tokenCount, hiddenSize, engine)
      var x = stream.next(batch.tokenCount, operand: lifetime(ofInputOf: 0, pass))
      let embedded = engine.profiled(.embeddings, .forward) {
        embeddings.forward(indices, into: x, pass)
      }
      var tapes: [TransformerBlock.Tape] = []
      for (b, block) in blocks.enumerated() {
        let (y, tape) = block.forward(
          x, offsets: batch.offsets, queries: queries(b), stream,
          result: lifetime(ofInputOf: b + 1, pass), pass)
        if pass.isTraining { tapes.append(tape) }
        x = y
      }
      first.data.update(from: x.values.data, count: first.count)
      return Tape(embeddings: embedded, blocks: tapes, tokens: batch.tokenCount)
    }
  }

  private func queries(_ block: Int) -> Queries { block == blocks.count - 1 ? .first : .all }

  private func lifetime(ofInputOf block: Int, _ pass: ForwardPass) -> Lifetime {
    pass.lifetime(ifNeeded: blocks.indices.contains(block) && blocks[block].needsInput)
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
      guard lowest < 0 else { return }
      pass.engine.profiled(.embeddings, .backward) {
        embeddings.backward(gradient, tape.embeddings, pass)
      }
    }
  }
}

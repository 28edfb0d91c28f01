import Compute
import Layers

/// The encoder of BERT and its relatives: embeddings, then block after block.
///
/// Above the last attention only the rows that the head reads are computed.
final class Encoder: Transformer {
  let hiddenSize: Int
  private let blocks: [TransformerBlock]
  private let embeddings: Embeddings
  private let positions: PositionNumbering

  init(embeddings: Embeddings, blocks: [TransformerBlock], _ shape: EncoderConfiguration) {
    self.embeddings = embeddings
    self.blocks = blocks
    positions = shape.positions
    hiddenSize = shape.hiddenSize
  }

  /// What the backward pass needs.
  struct Tape {
    fileprivate let embeddings: Embeddings.Tape
    fileprivate let blocks: [BlockTape]
    fileprivate let offsets: [Int]
    fileprivate let queries: Queries
    fileprivate var tokens: Int { offsets.last ?? 0 }
  }

  /// What is kept of a block.
  fileprivate enum BlockTape {
    case everything(TransformerBlock.Tape, from: Arena.Mark)
    case input(Matrix<Float>)
  }

  /// Six layers for each block: query, key, value, attention output, intermediate, output.
  var linears: [LinearSite] {
    blocks.enumerated().flatMap { index, block in
      let (attention, feedForward) = (block.attention, block.feedForward)
      let layers: [(LinearRole.Kind, Linear)] = [
        (.query, attention.query), (.key, attention.key), (.value, attention.value),
        (.attentionOutput, attention.output), (.intermediate, feedForward.intermediate),
        (.output, feedForward.output),
      ]
      return layers.map { LinearSite(LinearRole($0, block: index), $1) }
    }
  }

  var isTraining: Bool { embeddings.isTraining || blocks.contains(where: \.isTraining) }

  func forward(_ batch: TokenBatch, into hidden: Matrix<Float>, _ pass: Pass) -> Tape {
    let engine = pass.engine
    let indices = Embeddings.Indices(
      words: batch.ids, positions: positions.rows(batch), types: batch.typeIds)
    let recomputes = pass.isTraining && pass.checkpointing == .blocks
    return engine.scratch.scope {
      let stream = HiddenStream(batch.tokenCount, hiddenSize, engine)
      var x = stream.next(
        batch.tokenCount, operand: lifetime(ofInputOf: 0, recomputes ? pass.forgetting : pass))
      let embedded = engine.profiled(.embeddings, .forward) {
        embeddings.forward(indices, into: x, pass)
      }
      var tapes: [BlockTape] = []
      for (b, block) in blocks.enumerated() {
        let inner = recomputes ? pass.forgetting : pass
        let start = engine.activations.mark
        if recomputes { tapes.append(.input(copy(x.values, engine))) }
        let (y, tape) = block.forward(
          x, offsets: batch.offsets, queries: queries(of: b, batch.queries), stream,
          result: lifetime(ofInputOf: b + 1, inner), inner)
        if inner.isTraining { tapes.append(.everything(tape, from: start)) }
        x = y
      }
      hidden.data.update(from: x.values.data, count: hidden.count)
      return Tape(
        embeddings: embedded, blocks: tapes, offsets: batch.offsets, queries: batch.queries)
    }
  }

  private func copy(_ values: Matrix<Float>, _ engine: Engine) -> Matrix<Float> {
    let copy = engine.activations.matrix(values.rows, values.columns, of: Float.self)
    copy.data.update(from: values.data, count: values.count)
    return copy
  }

  /// Only what comes after the last attention can do without some rows.
  private func queries(of block: Int, _ wanted: Queries) -> Queries {
    block == blocks.count - 1 ? wanted : .all
  }

  private func lifetime(ofInputOf block: Int, _ pass: Pass) -> Lifetime {
    pass.lifetime(ifNeeded: blocks.indices.contains(block) && blocks[block].needsInput)
  }

  /// Goes no further down than the lowest part that trains.
  func backward(_ hiddenGradient: Matrix<Float>, _ tape: Tape, _ pass: Pass) {
    let scratch = pass.engine.scratch
    // The lowest part that trains ends the way down.
    let lowest = embeddings.isTraining ? -1 : blocks.firstIndex(where: \.isTraining) ?? blocks.count
    scratch.scope {
      let gradient = scratch.matrix(tape.tokens, hiddenSize, of: Float.self)
      let middle = scratch.matrix(tape.tokens, hiddenSize, of: Float.self)
      var dy = hiddenGradient
      for b in blocks.indices.reversed() where b >= lowest {
        withTape(of: b, tape, pass) { kept in
          blocks[b].backward(
            dy, kept, middle: middle.rows(0..<dy.rows), into: gradient,
            wanted: b > lowest ? .input : .none, pass)
        }
        dy = gradient
      }
      guard lowest < 0 else { return }
      pass.engine.profiled(.embeddings, .backward) {
        embeddings.backward(gradient, tape.embeddings, pass)
      }
    }
  }

  /// Calls `body` with what the backward pass through block `b` needs, computed again if it was not kept.
  private func withTape(
    of b: Int, _ tape: Tape, _ pass: Pass, _ body: (TransformerBlock.Tape) -> Void
  ) {
    let engine = pass.engine
    switch tape.blocks[b] {
    case .everything(let kept, let start):
      body(kept)
      // Whatever was kept of this block, and above it, has been read.
      engine.activations.reset(to: start)
    case .input(let values):
      engine.activations.scope {
        engine.scratch.scope {
          let stream = HiddenStream(values.rows, hiddenSize, engine)
          let (_, kept) = blocks[b].forward(
            Hidden(values, in: engine.activations, engine), offsets: tape.offsets,
            queries: queries(of: b, tape.queries), stream, result: .untilNext, pass)
          body(kept)
        }
      }
    }
  }
}

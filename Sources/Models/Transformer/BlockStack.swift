import Compute
import Layers

/// Block after block of a transformer, and the way back through them.
///
/// Above the last attention only the rows that are asked for are computed; below the lowest part that trains nothing is
/// kept, and no gradient computed.
final class BlockStack<Block: TransformerBlock> {
  let hiddenSize: Int
  private let blocks: [Block]

  init(_ blocks: [Block], hiddenSize: Int) {
    self.blocks = blocks
    self.hiddenSize = hiddenSize
  }

  /// What the backward pass needs.
  struct Tape {
    fileprivate let blocks: [BlockTape]
    fileprivate let offsets: [Int]
    fileprivate let queries: Queries
    fileprivate var tokens: Int { offsets.last ?? 0 }
  }

  /// What is kept of a block.
  fileprivate enum BlockTape {
    case nothing
    case everything(Block.Tape, from: Arena.Mark)
    case input(Matrix<Float>)
  }

  /// Which parts a backward pass is for.
  enum Reach {
    /// The blocks, and what is below them.
    case belowBlocks
    /// The blocks that train, and those above them.
    case blocks
  }

  /// All linear layers, block after block.
  var linears: [LinearSite] {
    blocks.enumerated().flatMap { index, block in
      block.linears.map { LinearSite(LinearRole($0, block: index), $1) }
    }
  }

  var isTraining: Bool { blocks.contains(where: \.isTraining) }

  /// What remembers a sequence for all blocks.
  func cache() -> [KeyValueCache] { blocks.map { _ in KeyValueCache() } }

  /// - Parameters:
  ///   - hidden: receives the last hidden states of the tokens that the batch asks for [queries, hiddenSize].
  ///   - reach: what the backward pass will be for.
  ///   - caches: in generation, what each block has seen before.
  ///   - embed: writes the first hidden states [tokens, hiddenSize].
  func forward(
    _ batch: TokenBatch, into hidden: Matrix<Float>, _ reach: Reach, caches: [KeyValueCache]? = nil,
    _ pass: Pass, embed: (Hidden) -> Void
  ) -> Tape {
    let engine = pass.engine
    let lowest = lowestBlock(reach)
    let recomputes = pass.isTraining && pass.checkpointing == .blocks
    func inner(_ block: Int) -> Pass { recomputes || block < lowest ? pass.forgetting : pass }
    func lifetime(ofInputOf block: Int) -> Lifetime {
      let isNeeded = blocks.indices.contains(block) && blocks[block].needsInput
      return inner(block).lifetime(ifNeeded: isNeeded)
    }
    return engine.scratch.scope {
      let stream = HiddenStream(batch.tokenCount, hiddenSize, engine)
      var x = stream.next(batch.tokenCount, operand: lifetime(ofInputOf: 0))
      embed(x)
      var tapes: [BlockTape] = []
      for (b, block) in blocks.enumerated() {
        let start = engine.activations.mark
        let input = recomputes && b >= lowest ? copy(x.values, engine) : nil
        let (y, tape) = block.forward(
          x, offsets: batch.offsets, queries: queries(of: b, batch.queries), stream,
          result: lifetime(ofInputOf: b + 1), caches?[b], inner(b))
        if let input {
          tapes.append(.input(input))
        } else {
          tapes.append(inner(b).isTraining ? .everything(tape, from: start) : .nothing)
        }
        x = y
      }
      hidden.data.update(from: x.values.data, count: hidden.count)
      return Tape(blocks: tapes, offsets: batch.offsets, queries: batch.queries)
    }
  }

  private func copy(_ values: Matrix<Float>, _ engine: Engine) -> Matrix<Float> {
    let copy = engine.activations.matrix(values.rows, values.columns, of: Float.self)
    copy.data.update(from: values.data, count: values.count)
    return copy
  }

  /// Where the way back ends.
  private func lowestBlock(_ reach: Reach) -> Int {
    reach == .belowBlocks ? 0 : blocks.firstIndex(where: \.isTraining) ?? blocks.count
  }

  /// Only what comes after the last attention can do without some rows.
  private func queries(of block: Int, _ wanted: Queries) -> Queries {
    block == blocks.count - 1 ? wanted : .all
  }

  /// Accumulates gradients, from those of the last hidden states.
  /// - Parameter below: takes the gradient of the first hidden states [tokens, hiddenSize], which it may overwrite, if
  ///   the reach is below the blocks.
  func backward(
    _ hiddenGradient: Matrix<Float>, _ tape: Tape, _ reach: Reach, _ pass: Pass,
    below: (Matrix<Float>) -> Void
  ) {
    let scratch = pass.engine.scratch
    let lowest = lowestBlock(reach)
    scratch.scope {
      let gradient = scratch.matrix(tape.tokens, hiddenSize, of: Float.self)
      let middle = scratch.matrix(tape.tokens, hiddenSize, of: Float.self)
      var dy = hiddenGradient
      for b in blocks.indices.reversed() where b >= lowest {
        withTape(of: b, tape, pass) { kept in
          blocks[b].backward(
            dy, kept, middle: middle.rows(0..<dy.rows), into: gradient,
            wanted: b > lowest || reach == .belowBlocks ? .input : .none, pass)
        }
        dy = gradient
      }
      if reach == .belowBlocks { below(dy) }
    }
  }

  /// Calls `body` with what the backward pass through block `b` needs, computed again if it was not kept.
  private func withTape(
    of b: Int, _ tape: Tape, _ pass: Pass, _ body: (Block.Tape) -> Void
  ) {
    let engine = pass.engine
    switch tape.blocks[b] {
    case .nothing: preconditionFailure("nothing was kept of a block that trains")
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
            queries: queries(of: b, tape.queries), stream, result: .untilNext, nil, pass)
          body(kept)
        }
      }
    }
  }
}

import Compute
import Foundation

/// The attention block of BERT: LayerNorm(x + dropout(W_o attention(W_q x, W_k x, W_v x) + b_o)), over packed
/// sequences.
public final class SelfAttention {
  /// The query projection [hiddenSize, hiddenSize].
  public let query: Linear
  /// The key projection.
  public let key: Linear
  /// The value projection.
  public let value: Linear
  /// The output projection.
  public let output: Linear
  /// The normalisation that ends the block.
  public let norm: LayerNorm
  private let heads: Int
  private let probabilitySite: DropoutSite
  private let outputSite: DropoutSite

  package init(
    query: Linear, key: Linear, value: Linear, output: Linear, norm: LayerNorm, heads: Int,
    probabilitySite: DropoutSite, outputSite: DropoutSite
  ) {
    self.query = query
    self.key = key
    self.value = value
    self.output = output
    self.norm = norm
    self.heads = heads
    self.probabilitySite = probabilitySite
    self.outputSite = outputSite
  }

  /// What the backward pass needs.
  package struct Tape {
    fileprivate let shape: AttentionShape
    /// Where only some rows ask: their numbers.
    fileprivate let askingRows: [Int32]?
    fileprivate let query: Operand, key: Operand, value: Operand
    fileprivate let logSumExp: Matrix<Float>
    fileprivate let queryInput: Operand?, keyInput: Operand?, valueInput: Operand?
    fileprivate let outputInput: Operand?
    fileprivate let normalized: NormalizedRows
  }

  package var isTraining: Bool {
    norm.isTraining || [query, key, value, output].contains(where: \.isTraining)
  }

  /// Whether the input's operand has to be there in the backward pass.
  package var needsInput: Bool { [query, key, value].contains(where: \.needsInput) }

  /// x [tokens, hiddenSize], y [tokens that ask, hiddenSize] as `queries` says.
  package func forward(
    _ x: Hidden, offsets: [Int], queries: Queries, into y: Hidden, _ pass: Pass
  ) -> Tape {
    let engine = pass.engine
    let (rows, width) = (y.values.rows, x.values.columns)
    return engine.scratch.scope {
      let askingRows = queries.rows(offsets)
      let asking =
        askingRows.map { numbers in
          let gathered = pass.arena.matrix(rows, width, of: Float.self)
          engine.gatherRows(x.values, numbers, into: gathered)
          return Hidden(gathered, in: pass.arena, engine)
        } ?? x
      let (q, queryInput) = project(query, asking.operand, pass)
      let (k, keyInput) = project(key, x.operand, pass)
      let (v, valueInput) = project(value, x.operand, pass)

      let shape = AttentionShape(
        offsets: offsets, heads: heads, headSize: width / heads, queries: queries,
        dropout: pass.dropout, site: probabilitySite.number,
        probability: probabilitySite.probability)
      let context = engine.operand(
        rows, width, in: output.needsInput ? pass.arena : engine.scratch)
      let logSumExp = pass.arena.matrix(rows, heads, of: Float.self)
      engine.attention(shape, query: q, key: k, value: v, into: context, logSumExp: logSumExp)

      let mixed = engine.scratch.matrix(rows, width, of: Float.self)
      let outputInput = output.forward(context, into: mixed, pass)
      let normalized = norm.forward(
        mixed, xBias: output.addend(engine), residual: asking.values, site: outputSite, into: y,
        pass)
      return Tape(
        shape: shape, askingRows: askingRows, query: q, key: k, value: v,
        logSumExp: logSumExp, queryInput: queryInput, keyInput: keyInput, valueInput: valueInput,
        outputInput: outputInput, normalized: normalized)
    }
  }

  /// One of the three projections, bias included, and what its learner keeps.
  private func project(_ linear: Linear, _ x: Operand, _ pass: Pass) -> (Operand, Operand?) {
    let engine = pass.engine
    let result = engine.operand(x.rows, linear.outputSize, in: pass.arena)
    return engine.scratch.scope {
      let wide = engine.wide(result)
      let kept = linear.forward(x, into: wide, pass)
      engine.addBias(linear.addend(engine), to: wide, into: result)
      return (result, kept)
    }
  }

  /// Accumulates gradients; writes the gradient of the block's input to `dx` [tokens, hiddenSize] if given.
  package func backward(
    _ dy: Matrix<Float>, _ tape: Tape, into dx: Matrix<Float>?, _ pass: Pass
  ) {
    let engine = pass.engine
    let scratch = engine.scratch
    scratch.scope {
      let (rows, tokens, width) = (dy.rows, tape.key.rows, dy.columns)
      // The residual's gradient goes straight to dx, unless only some rows have one.
      let residual =
        tape.askingRows == nil ? dx ?? scratch.matrix(rows, width) : scratch.matrix(rows, width)
      let mixed = norm.backward(dy, tape.normalized, into: residual, site: outputSite, pass)
      let inner = [query, key, value].contains(where: \.isTraining) || dx != nil
      let dContext = scratch.matrix(rows, width, of: Float.self)
      output.backward(mixed, kept: tape.outputInput, into: inner ? dContext : nil, pass)
      guard inner else { return }

      let dq = engine.operand(rows, width, in: scratch)
      let dk = engine.operand(tokens, width, in: scratch)
      let dv = engine.operand(tokens, width, in: scratch)
      engine.attentionBackward(
        tape.shape, query: tape.query, key: tape.key, value: tape.value,
        outputGradient: dContext, logSumExp: tape.logSumExp, queryGradient: dq, keyGradient: dk,
        valueGradient: dv)

      if let askingRows = tape.askingRows {
        query.backward(dq, kept: tape.queryInput, into: dx == nil ? nil : residual, pass, .add)
        key.backward(dk, kept: tape.keyInput, into: dx, pass)
        value.backward(dv, kept: tape.valueInput, into: dx, pass, .add)
        guard let dx else { return }
        for (r, row) in askingRows.enumerated() {
          engine.axpy(1, residual.data + r * width, dx.data + Int(row) * width, width)
        }
      } else {
        query.backward(dq, kept: tape.queryInput, into: dx, pass, .add)
        key.backward(dk, kept: tape.keyInput, into: dx, pass, .add)
        value.backward(dv, kept: tape.valueInput, into: dx, pass, .add)
      }
    }
  }
}

import Compute

/// A block of a decoder, whose layers read the normalised rows and add to the rows themselves: x + attention(norm(x)),
/// then x + feedForward(norm(x)).
package final class PreNormBlock: TransformerBlock {
  /// The attention half.
  package let attention: SelfAttention
  /// The normalisation before it.
  package let attentionNorm: RMSNorm
  /// The feed-forward half.
  package let feedForward: GatedFeedForward
  /// The normalisation before it.
  package let feedForwardNorm: RMSNorm

  package init(
    attention: SelfAttention, norm attentionNorm: RMSNorm, feedForward: GatedFeedForward,
    norm feedForwardNorm: RMSNorm
  ) {
    self.attention = attention
    self.attentionNorm = attentionNorm
    self.feedForward = feedForward
    self.feedForwardNorm = feedForwardNorm
  }

  /// What the backward pass needs.
  package struct Tape {
    fileprivate let attentionInput: NormalizedRows, feedForwardInput: NormalizedRows
    fileprivate let attention: SelfAttention.Tape
    fileprivate let feedForward: GatedFeedForward.Tape
  }

  package var linears: [(LinearRole.Kind, Linear)] {
    attention.linears + [
      (.gate, feedForward.gate), (.intermediate, feedForward.up), (.output, feedForward.down),
    ]
  }

  private var isFeedForwardTraining: Bool { feedForward.isTraining || feedForwardNorm.isTraining }
  private var isAttentionTraining: Bool { attention.isTraining || attentionNorm.isTraining }

  package var isTraining: Bool { isAttentionTraining || isFeedForwardTraining }

  /// Nobody reads the input but the normalisation, which saves what it needs.
  package var needsInput: Bool { false }

  package func forward(
    _ x: Hidden, offsets: [Int], queries: Queries, _ stream: HiddenStream, result _: Lifetime,
    _ cache: KeyValueCache?, _ pass: Pass
  ) -> (y: Hidden, tape: Tape) {
    let engine = pass.engine
    return engine.scratch.scope {
      let rows = queries.count(offsets)
      let y = stream.next(rows, operand: .untilNext)
      let (input, normalized) = self.normalized(
        x.values, attentionNorm, isNeeded: attention.needsInput, pass)
      var asking = input
      if let numbers = queries.rows(offsets) {
        engine.gatherRows(x.values, numbers, into: y.values)
        asking = engine.gatherRows(
          input, numbers, in: attention.query.needsInput ? pass.arena : engine.scratch)
      } else {
        y.values.data.update(from: x.values.data, count: x.values.count)
      }
      let attended = engine.profiled(.attention, .forward) {
        attention.forward(
          input, asking: asking, offsets: offsets, queries: queries, into: y.values, .add, cache,
          pass)
      }
      if let bias = attention.output.bias {
        engine.addBias(bias.value, to: y.values, into: .float32(y.values))
      }
      return engine.profiled(.feedForward, .forward) {
        let (middle, middleNormalized) = self.normalized(
          y.values, feedForwardNorm, isNeeded: feedForward.needsInput, pass)
        let fed = feedForward.forward(middle, addingTo: y.values, pass)
        return (
          y,
          Tape(
            attentionInput: normalized, feedForwardInput: middleNormalized, attention: attended,
            feedForward: fed)
        )
      }
    }
  }

  /// The normalised rows as an operand that is kept if it is needed, and what the norm saves.
  private func normalized(
    _ x: Matrix<Float>, _ norm: RMSNorm, isNeeded: Bool, _ pass: Pass
  ) -> (Operand, NormalizedRows) {
    let engine = pass.engine
    let operand = engine.operand(x.rows, x.columns, in: isNeeded ? pass.arena : engine.scratch)
    let saved = NormalizedRows(x.rows, x.columns, in: pass.arena, engine)
    norm.forward(x, into: operand, saving: saved, engine)
    return (operand, saved)
  }

  package func backward(
    _ dy: Matrix<Float>, _ tape: Tape, middle: Matrix<Float>, into dx: Matrix<Float>,
    wanted: GradientWanted, _ pass: Pass
  ) {
    let (engine, scratch) = (pass.engine, pass.engine.scratch)
    let below = wanted == .input || isAttentionTraining
    middle.data.update(from: dy.data, count: dy.count)
    scratch.scope {
      engine.profiled(.feedForward, .backward) {
        let inner = below || feedForwardNorm.isTraining
        let gradient = inner ? scratch.matrix(dy.rows, dy.columns, of: Float.self) : nil
        feedForward.backward(
          engine.operand(dy, in: scratch), tape.feedForward, into: gradient, pass)
        if let gradient {
          feedForwardNorm.backward(gradient, tape.feedForwardInput, addingTo: middle, engine)
        }
      }
    }
    guard below else { return }
    scratch.scope {
      engine.profiled(.attention, .backward) {
        let inner = wanted == .input || attentionNorm.isTraining
        let gradient = inner ? scratch.matrix(dx.rows, dx.columns, of: Float.self) : nil
        let asking =
          inner && tape.attention.askingRows != nil
          ? scratch.matrix(dy.rows, dy.columns, of: Float.self) : nil
        attention.backward(
          engine.operand(middle, in: scratch), tape.attention, into: gradient, asking: asking,
          .overwrite, pass)
        guard let gradient else { return }
        if let asking = tape.attention.askingRows {
          Operand.float32(dx).zero()
          engine.add(middle, toRows: asking, of: dx)
        } else {
          dx.data.update(from: middle.data, count: middle.count)
        }
        attentionNorm.backward(gradient, tape.attentionInput, addingTo: dx, engine)
      }
    }
  }
}

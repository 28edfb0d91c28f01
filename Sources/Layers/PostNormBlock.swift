import Compute

/// A block of BERT, which normalises what its layers have been added to: norm(x + attention(x)), then
/// norm(x + feedForward(x)), with dropout before each sum.
package final class PostNormBlock: TransformerBlock {
  /// The attention half.
  package let attention: SelfAttention
  /// The normalisation that ends it.
  package let attentionNorm: LayerNorm
  /// The feed-forward half.
  package let feedForward: FeedForward
  /// The normalisation that ends it.
  package let feedForwardNorm: LayerNorm
  private let attentionSite: DropoutSite
  private let feedForwardSite: DropoutSite

  /// - Parameters:
  ///   - attentionSite: the dropout after the attention.
  ///   - feedForwardSite: the dropout after the feed-forward layers.
  package init(
    attention: SelfAttention, norm attentionNorm: LayerNorm, site attentionSite: DropoutSite,
    feedForward: FeedForward, norm feedForwardNorm: LayerNorm, site feedForwardSite: DropoutSite
  ) {
    self.attention = attention
    self.attentionNorm = attentionNorm
    self.attentionSite = attentionSite
    self.feedForward = feedForward
    self.feedForwardNorm = feedForwardNorm
    self.feedForwardSite = feedForwardSite
  }

  /// What the backward pass needs.
  package struct Tape {
    fileprivate let attention: SelfAttention.Tape
    fileprivate let attentionResult: NormalizedRows
    fileprivate let feedForward: FeedForward.Tape
    fileprivate let feedForwardResult: NormalizedRows
  }

  package var linears: [(LinearRole.Kind, Linear)] {
    attention.linears + [(.intermediate, feedForward.intermediate), (.output, feedForward.output)]
  }

  private var isAttentionTraining: Bool { attention.isTraining || attentionNorm.isTraining }

  package var isTraining: Bool {
    isAttentionTraining || feedForward.isTraining || feedForwardNorm.isTraining
  }

  package var needsInput: Bool { attention.needsInput }

  package func forward(
    _ x: Hidden, offsets: [Int], queries: Queries, _ stream: HiddenStream,
    result lifetime: Lifetime, _ cache: KeyValueCache?, _ pass: Pass
  ) -> (y: Hidden, tape: Tape) {
    let engine = pass.engine
    let rows = queries.count(offsets)
    let middle = stream.next(rows, operand: pass.lifetime(ifNeeded: feedForward.needsInput))
    let (attended, attentionResult) = engine.profiled(.attention, .forward) {
      engine.scratch.scope {
        let asking = asking(x, queries.rows(offsets), pass)
        let mixed = engine.scratch.matrix(rows, x.values.columns, of: Float.self)
        let tape = attention.forward(
          x.operand, asking: asking.operand, offsets: offsets, queries: queries, into: mixed,
          .overwrite, cache, pass)
        let normalized = attentionNorm.forward(
          mixed, xBias: attention.output.addend(engine), residual: asking.values,
          site: attentionSite, into: middle, pass)
        return (tape, normalized)
      }
    }
    let y = stream.next(rows, operand: lifetime)
    let (fed, feedForwardResult) = engine.profiled(.feedForward, .forward) {
      engine.scratch.scope {
        let mixed = engine.scratch.matrix(rows, y.values.columns, of: Float.self)
        let tape = feedForward.forward(middle.operand, into: mixed, pass)
        let normalized = feedForwardNorm.forward(
          mixed, xBias: feedForward.output.addend(engine), residual: middle.values,
          site: feedForwardSite, into: y, pass)
        return (tape, normalized)
      }
    }
    return (
      y,
      Tape(
        attention: attended, attentionResult: attentionResult, feedForward: fed,
        feedForwardResult: feedForwardResult)
    )
  }

  /// The rows that ask.
  private func asking(_ x: Hidden, _ rows: [Int32]?, _ pass: Pass) -> Hidden {
    guard let rows else { return x }
    let gathered = pass.arena.matrix(rows.count, x.values.columns, of: Float.self)
    pass.engine.gatherRows(x.values, rows, into: gathered)
    return Hidden(gathered, in: pass.arena, pass.engine)
  }

  package func backward(
    _ dy: Matrix<Float>, _ tape: Tape, middle: Matrix<Float>, into dx: Matrix<Float>,
    wanted: GradientWanted, _ pass: Pass
  ) {
    let (engine, scratch) = (pass.engine, pass.engine.scratch)
    let below = wanted == .input || isAttentionTraining
    engine.profiled(.feedForward, .backward) {
      scratch.scope {
        let mixed = feedForwardNorm.backward(
          dy, tape.feedForwardResult, into: middle, site: feedForwardSite, pass)
        guard below || feedForward.isTraining else { return }
        feedForward.backward(mixed, tape.feedForward, addingTo: below ? middle : nil, pass)
      }
    }
    guard below else { return }
    engine.profiled(.attention, .backward) {
      scratch.scope {
        // The residual's gradient goes straight to dx, unless only some rows have one.
        let isAll = tape.attention.askingRows == nil
        let residual =
          isAll && wanted == .input ? dx : scratch.matrix(middle.rows, middle.columns)
        let mixed = attentionNorm.backward(
          middle, tape.attentionResult, into: residual, site: attentionSite, pass)
        attention.backward(
          mixed, tape.attention, into: wanted == .input ? dx : nil,
          asking: isAll || wanted == .none ? nil : residual, .add, pass)
      }
    }
  }
}

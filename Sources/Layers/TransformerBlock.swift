import Compute

/// One block of BERT's encoder: attention, then feed-forward.
public final class TransformerBlock {
  /// The attention half.
  public let attention: SelfAttention
  /// The feed-forward half.
  public let feedForward: FeedForward

  package init(attention: SelfAttention, feedForward: FeedForward) {
    self.attention = attention
    self.feedForward = feedForward
  }

  /// What the backward pass needs.
  package struct Tape {
    fileprivate let attention: SelfAttention.Tape
    fileprivate let feedForward: FeedForward.Tape
  }

  package var isTraining: Bool { attention.isTraining || feedForward.isTraining }

  /// Whether the input's operand has to be there in the backward pass.
  package var needsInput: Bool { attention.needsInput }

  /// Both halves: x [tokens, hiddenSize], y [tokens that ask, hiddenSize] as `queries` says.
  /// - Parameter stream: where the rows between the halves live.
  package func forward(
    _ x: Hidden, offsets: [Int], queries: Queries, _ stream: HiddenStream,
    result lifetime: Lifetime,
    _ pass: Pass
  ) -> (y: Hidden, tape: Tape) {
    let rows = queries.count(offsets)
    let middle = stream.next(rows, operand: pass.lifetime(ifNeeded: feedForward.needsInput))
    let attended = pass.engine.profiled(.attention, .forward) {
      attention.forward(x, offsets: offsets, queries: queries, into: middle, pass)
    }
    let y = stream.next(rows, operand: lifetime)
    let fed = pass.engine.profiled(.feedForward, .forward) {
      feedForward.forward(middle, into: y, pass)
    }
    return (y, Tape(attention: attended, feedForward: fed))
  }

  /// Accumulates gradients. `middle` is working memory of dy's shape; dx [tokens, hiddenSize] receives the
  /// gradient of the block's input, if it is wanted.
  package func backward(
    _ dy: Matrix<Float>, _ tape: Tape, middle: Matrix<Float>, into dx: Matrix<Float>,
    wanted: GradientWanted, _ pass: Pass
  ) {
    let below = wanted == .input || attention.isTraining
    pass.engine.profiled(.feedForward, .backward) {
      feedForward.backward(
        dy, tape.feedForward, into: middle, wanted: below ? .input : .none, pass)
    }
    guard below else { return }
    pass.engine.profiled(.attention, .backward) {
      attention.backward(middle, tape.attention, into: wanted == .input ? dx : nil, pass)
    }
  }
}

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

  /// x [tokens, hiddenSize], y [tokens or sequences, hiddenSize] as `queries` says.
  package func forward(
    _ x: Hidden, offsets: [Int], queries: Queries, into y: Matrix<Float>, _ pass: ForwardPass
  ) -> Tape {
    let middle = pass.engine.activations.matrix(y.rows, y.columns, of: Float.self)
    let attended = attention.forward(x, offsets: offsets, queries: queries, into: middle, pass)
    let fed = feedForward.forward(Hidden(middle, pass.engine), into: y, pass)
    return Tape(attention: attended, feedForward: fed)
  }

  /// Accumulates gradients. `middle` is working memory of dy's shape; dx [tokens, hiddenSize] receives the
  /// gradient of the block's input, if it is wanted.
  package func backward(
    _ dy: Matrix<Float>, _ tape: Tape, middle: Matrix<Float>, into dx: Matrix<Float>,
    wanted: GradientWanted, _ pass: ForwardPass
  ) {
    let below = wanted == .input || attention.isTraining
    feedForward.backward(
      dy, tape.feedForward, into: middle, wanted: below ? .input : .none, pass)
    guard below else { return }
    attention.backward(middle, tape.attention, into: wanted == .input ? dx : nil, pass)
  }
}

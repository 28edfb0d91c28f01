import Compute

/// One block of a transformer: attention, then feed-forward layers, with normalisations where the architecture has them.
package protocol TransformerBlock: AnyObject {
  /// What the backward pass needs.
  associatedtype Tape

  /// The linear layers in the order of the computation.
  var linears: [(LinearRole.Kind, Linear)] { get }
  /// Whether any of its parameters trains.
  var isTraining: Bool { get }
  /// Whether the input's operand has to be there in the backward pass.
  var needsInput: Bool { get }

  /// x [tokens, hiddenSize] into y [tokens that ask, hiddenSize] as `queries` says.
  /// - Parameters:
  ///   - stream: where the rows between the halves, and the result, live.
  ///   - lifetime: how long the result's operand is needed.
  ///   - cache: in generation, what the block has seen before.
  func forward(
    _ x: Hidden, offsets: [Int], queries: Queries, _ stream: HiddenStream,
    result lifetime: Lifetime, _ cache: KeyValueCache?, _ pass: Pass
  ) -> (y: Hidden, tape: Tape)

  /// Accumulates gradients. `middle` is working memory of dy's shape; dx [tokens, hiddenSize] is working memory, too,
  /// and receives the gradient of the block's input, if it is wanted. dx may be dy where all tokens ask.
  func backward(
    _ dy: Matrix<Float>, _ tape: Tape, middle: Matrix<Float>, into dx: Matrix<Float>,
    wanted: GradientWanted, _ pass: Pass)
}

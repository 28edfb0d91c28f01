import Compute
import Layers

/// A stack of transformer blocks: token ids in, hidden states out. What is made of them is the business of a head.
protocol Transformer: AnyObject {
  /// What the backward pass needs of the forward pass.
  associatedtype Tape

  /// The columns of every hidden state.
  var hiddenSize: Int { get }
  /// All linear layers, block after block.
  var linears: [LinearSite] { get }
  /// Whether any of its parameters trains.
  var isTraining: Bool { get }
  /// The token of a sequence that stands for the whole.
  var sequenceToken: Queries { get }

  /// The last hidden states of the tokens that `batch.queries` names, into `hidden` [queries, hiddenSize].
  func forward(_ batch: TokenBatch, into hidden: Matrix<Float>, _ pass: Pass) -> Tape

  /// Accumulates the gradients of everything that trains, from those of the hidden states [queries, hiddenSize].
  func backward(_ gradient: Matrix<Float>, _ tape: Tape, _ pass: Pass)
}

/// What stands above the blocks: hidden states in, logits out.
protocol Head: AnyObject {
  /// What the backward pass needs of the forward pass.
  associatedtype Tape

  /// Its linear layers, the one that makes the logits last.
  var linears: [LinearSite] { get }
  /// Whether any of its parameters trains.
  var isTraining: Bool { get }
  /// How many rows it takes at once.
  var rowsAtOnce: Int { get }

  /// x [rows, hiddenSize] into logits [rows, labels].
  func forward(_ x: Matrix<Float>, into logits: Matrix<Float>, _ pass: Pass) -> Tape

  /// Accumulates gradients; dx [rows, hiddenSize] receives that of the input, if it is wanted.
  func backward(
    _ logitsGradient: Matrix<Float>, _ tape: Tape, into dx: Matrix<Float>?, _ pass: Pass)
}

extension Head {
  /// All.
  var rowsAtOnce: Int { .max }
}

extension Transformer {
  /// The first token, as in BERT.
  var sequenceToken: Queries { .first }
}

/// A transformer whose tokens see those before them only: what was computed of a sequence stays as it is when the
/// sequence grows.
protocol CausalTransformer: Transformer {
  /// What remembers a sequence, block by block.
  func cache() -> [KeyValueCache]

  /// The last hidden states of the tokens that `batch.queries` names, without training.
  /// - Parameters:
  ///   - batch: the next tokens of one sequence.
  ///   - caches: what was computed of the tokens before, to which that of these is added.
  func forward(
    _ batch: TokenBatch, into hidden: Matrix<Float>, caches: [KeyValueCache], _ pass: Pass)
}

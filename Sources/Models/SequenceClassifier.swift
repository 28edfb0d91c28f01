import Compute
import Layers
import Weights

/// What a linear layer of a transformer does, and in which block.
public struct LinearRole: Hashable, Sendable {
  /// The kinds of linear layers.
  public enum Kind: String, CaseIterable, Sendable {
    /// The attention's projections.
    case query, key, value, attentionOutput
    /// The first layer of the feed-forward block.
    case intermediate
    /// The second layer of the feed-forward block.
    case output
    /// The layers above the blocks: over the first token (of BERT the pooler, of RoBERTa the head's
    /// dense layer), and from there to the logits.
    case pooler, classifier

    /// Whether this is one of the layers that SparseGrad is about.
    public var isMLP: Bool { self == .intermediate || self == .output }
  }

  /// What it does.
  public let kind: Kind
  /// The block it is in, 0 for layers above the blocks.
  public let block: Int

  /// Whether this is one of the layers that SparseGrad is about.
  public var isMLP: Bool { kind.isMLP }
}

/// A transformer with a head that classifies sequences, or regresses one value from them.
public protocol SequenceClassifier: AnyObject {
  /// `config.json` as the trained model will carry it.
  var configuration: ConfigurationFile { get }
  /// All parameters, in the order `transformers` lists them.
  var parameters: [Parameter] { get }
  /// All linear layers with their roles.
  var linears: [(role: LinearRole, linear: Linear)] { get }
  /// Names of parameters that the checkpoint did not have and that were drawn anew.
  var newlyInitialized: [String] { get }
  /// Names of the checkpoint's tensors that were left out, because they belong to a head of another kind.
  var ofOtherHeads: [String] { get }
  /// How many ids the word table has.
  var vocabularySize: Int { get }
  /// How many segments the token-type table has.
  var typeVocabularySize: Int { get }
  /// The longest sequence that has positions.
  var maximumLength: Int { get }
  /// The number of logits.
  var labelCount: Int { get }
  /// Which loss it is trained with.
  var loss: Loss { get set }

  /// The logits [sequences, labels]. They, and what `backward` needs, live in the engine's arena of
  /// activations; in inference nothing but the logits does.
  func forward(_ batch: TokenBatch, _ pass: Pass) -> Matrix<Float>

  /// Accumulates the gradients of everything that trains, after a `forward` in training.
  func backward(_ logitsGradient: Matrix<Float>, _ pass: Pass)
}

extension SequenceClassifier {
  /// The tensors of the trained model, to be written or fingerprinted. What a method adds to a weight
  /// (LoRA) is merged into it.
  public func tensors(_ engine: Engine) -> [NamedTensor] {
    let additions = Dictionary(
      uniqueKeysWithValues: linears.compactMap { _, linear in
        (linear.learner as? any WeightAddition).map { (linear.weight.name, $0) }
      })
    return parameters.map { parameter in
      NamedTensor(parameter.name, .float32, shape: parameter.shape) { body in
        try parameter.withValue(engine) { value in
          guard let addition = additions[parameter.name] else {
            return try body(UnsafeRawBufferPointer(value.elements))
          }
          try engine.scratch.scope {
            let merged = engine.scratch.matrix(value.rows, value.columns, of: Float.self)
            merged.data.update(from: value.data, count: value.count)
            addition.merge(into: merged, engine)
            try body(UnsafeRawBufferPointer(merged.elements))
          }
        }
      }
    }
  }
}

import Support

/// What one side of a linear layer's weight counts, by the names that the field has for the sizes of a transformer.
public enum LinearAxis: Hashable, Sendable {
  /// The model's hidden size.
  case hidden
  /// The size inside of the feed-forward block.
  case intermediate
  /// Something else: heads, labels, the vocabulary.
  case other
}

/// What a linear layer of a transformer does, and in which block.
public struct LinearRole: Hashable, Sendable {
  /// The kinds of linear layers. Files of bases and adapters name them by their raw values.
  public enum Kind: String, CaseIterable, Sendable {
    /// The attention's projections.
    case query, key, value, attentionOutput
    /// The layer of a gated feed-forward block that makes the gate (`gate_proj`).
    case gate
    /// The layer of the feed-forward block from the hidden size to the intermediate size (`up_proj` where there is a
    /// gate).
    case intermediate
    /// The layer of the feed-forward block back to the hidden size.
    case output
    /// The layers above the blocks: one over the tokens that are read, and one from there to the logits.
    case pooler, classifier
    /// The layer from hidden states to a logit for every token of the vocabulary.
    case vocabulary

    /// Whether this is a layer of a feed-forward block, which SparseGrad is about.
    public var isMLP: Bool { outputAxis == .intermediate || inputAxis == .intermediate }

    /// Whether this is a layer above the blocks.
    public var isOfHead: Bool { [.pooler, .classifier, .vocabulary].contains(self) }

    /// What the rows of the weight [out, in] count.
    public var outputAxis: LinearAxis {
      switch self {
      case .gate, .intermediate: .intermediate
      case .output, .attentionOutput, .pooler: .hidden
      case .query, .key, .value, .classifier, .vocabulary: .other
      }
    }

    /// What the columns of the weight [out, in] count.
    public var inputAxis: LinearAxis {
      switch self {
      case .output: .intermediate
      case .attentionOutput: .other
      case .query, .key, .value, .gate, .intermediate, .pooler, .classifier, .vocabulary: .hidden
      }
    }
  }

  /// What it does.
  public let kind: Kind
  /// The block it is in, 0 for layers above the blocks.
  public let block: Int

  /// A role.
  public init(_ kind: Kind, block: Int = 0) {
    self.kind = kind
    self.block = block
  }

  /// Whether this is a layer of a feed-forward block, which SparseGrad is about.
  public var isMLP: Bool { kind.isMLP }
}

/// A linear layer of a model and its place there.
///
/// Everything that is done to the linear layers of a model (counting, choosing LoRA's targets, finding SparseGrad's
/// bases) goes through the list of these.
public struct LinearSite {
  /// What the layer does there.
  public let role: LinearRole
  /// The layer.
  public let linear: Linear

  /// A layer in its place.
  public init(_ role: LinearRole, _ linear: Linear) {
    self.role = role
    self.linear = linear
  }

  /// The layer's name in `transformers`.
  public var module: String { linear.module }
}

/// The place of a linear layer in an architecture, known before any weight is loaded.
public struct LinearPlace: Hashable, Sendable {
  /// What the layer does.
  public let role: LinearRole
  /// The layer's name in `transformers`.
  public let module: String

  /// A place.
  public init(_ role: LinearRole, _ module: String) {
    self.role = role
    self.module = module
  }
}

/// A model as the methods of fine-tuning see it: parameters and linear layers, whatever it computes.
public protocol LayeredModel: AnyObject {
  /// All parameters, in the order `transformers` lists them.
  var parameters: [Parameter] { get }
  /// All linear layers.
  var linears: [LinearSite] { get }
}

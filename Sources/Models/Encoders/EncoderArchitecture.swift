import Layers
import Weights

/// What tells the members of BERT's family apart: names of tensors and of keys, positions, the head of sequence
/// classification. Every member is one value of this in a file of its own.
struct EncoderArchitecture: Sendable {
  /// What the names of its classes in `transformers` begin with: `Bert` of `BertForSequenceClassification`.
  let className: String
  /// What the names of the encoder's tensors begin with.
  let prefix: String
  /// The names of the tensors of a block.
  let block: BlockNames
  /// The keys of `config.json`.
  var keys = ConfigurationKeys()
  /// Whether there is a table of token types.
  var hasTokenTypes = true
  /// Whether dropout comes after the attention's output projection.
  var dropsAttentionOutput = true
  /// How positions are numbered.
  let positions: Positions
  /// The head that classifies sequences.
  let sequenceHead: SequenceHead
  /// The layer that classifies tokens.
  let tokenProjection = "classifier"
  /// What names of tensors begin with that belong to other heads, or are no weights.
  let leftovers: [String]

  /// The names of a block's layers in a checkpoint, after the prefix of the block.
  struct BlockNames: Sendable {
    /// What the number of a block follows: `encoder.layer.`
    let prefix: String
    let query: String, key: String, value: String, attentionOutput: String, attentionNorm: String
    let intermediate: String, output: String, outputNorm: String

    /// The linear layers in the order of the computation.
    var linears: [(kind: LinearRole.Kind, name: String)] {
      [
        (.query, query), (.key, key), (.value, value), (.attentionOutput, attentionOutput),
        (.intermediate, intermediate), (.output, output),
      ]
    }

    /// BERT's, which most have.
    static let bert = BlockNames(
      prefix: "encoder.layer.", query: "attention.self.query", key: "attention.self.key",
      value: "attention.self.value", attentionOutput: "attention.output.dense",
      attentionNorm: "attention.output.LayerNorm", intermediate: "intermediate.dense",
      output: "output.dense", outputNorm: "output.LayerNorm")
  }

  /// The keys of `config.json`; those of BERT unless said otherwise.
  struct ConfigurationKeys: Sendable {
    var hiddenSize = "hidden_size"
    var layerCount = "num_hidden_layers"
    var headCount = "num_attention_heads"
    var intermediateSize = "intermediate_size"
    var activation = "hidden_act"
    /// Nil where it is always 1e-12.
    var layerNormEpsilon: String? = "layer_norm_eps"
    var hiddenDropout = "hidden_dropout_prob"
    var attentionDropout = "attention_probs_dropout_prob"
    /// Dropout of the head: the key, and its value if it is not there; nil for that of hidden states.
    var sequenceDropout = (key: "classifier_dropout", default: Float?.none)
    var tokenDropout = (key: "classifier_dropout", default: Float?.none)

    /// These keys with the names that all models share where a file has them: `transformers` takes `hidden_size` for
    /// DistilBERT's `dim`, and rather than it where both are there.
    func generalized(by file: ConfigurationFile) -> Self {
      let general = Self()
      var keys = self
      for key in [\Self.hiddenSize, \.layerCount, \.headCount]
      where file[general[keyPath: key]] != nil {
        keys[keyPath: key] = general[keyPath: key]
      }
      return keys
    }
  }

  /// The head of sequence classification.
  struct SequenceHead: Sendable {
    /// The layer over the first token.
    let dense: String
    /// The layer that makes the logits.
    let projection: String
    /// The function between them.
    let activation: ClassificationHead.Activation
    /// Where it drops.
    let dropout: ClassificationHead.DropoutPlaces
  }

  /// How positions are numbered, as far as the architecture says it.
  enum Positions {
    case fromZero
    /// After the configuration's padding id.
    case afterPadding(defaultId: Int)
  }

  /// The places of all linear layers of a model of so many blocks, in the order of `TransformerModel.linears`.
  func places(blocks: Int, head: HeadKind) -> [LinearPlace] {
    let ofBlocks = (0..<blocks).flatMap { index in
      block.linears.map { kind, name in
        LinearPlace(
          LinearRole(kind, block: index), "\(prefix)\(block.prefix)\(index).\(name)")
      }
    }
    return ofBlocks
      + head.layers(of: self).map { LinearPlace(LinearRole($0.kind), $0.name) }
  }
}

extension HeadKind {
  /// The layers of the head, the one that makes the logits last.
  func layers(of architecture: EncoderArchitecture) -> [(kind: LinearRole.Kind, name: String)] {
    switch self {
    case .sequence:
      [
        (.pooler, architecture.sequenceHead.dense),
        (.classifier, architecture.sequenceHead.projection),
      ]
    case .token: [(.classifier, architecture.tokenProjection)]
    case .vocabulary: []
    }
  }
}

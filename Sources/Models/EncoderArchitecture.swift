/// What tells the members of BERT's family apart: names, positions, dropout of the head.
struct EncoderArchitecture: Sendable {
  /// The class in `transformers`, as `config.json` names it.
  let name: String
  /// What the names of the encoder's tensors begin with.
  let prefix: String
  /// The head's layer over the first token.
  let dense: String
  /// The head's layer that makes the logits.
  let projection: String
  /// Where the head drops.
  let headDropout: ClassificationHead.DropoutPlaces
  /// How positions are numbered.
  let positions: Positions
  /// What names of tensors begin with that belong to other heads, or are no weights.
  let leftovers: [String]

  /// How positions are numbered, as far as the architecture says it.
  enum Positions {
    case fromZero
    /// After the configuration's padding id.
    case afterPadding(defaultId: Int)
  }

  /// BERT (Devlin et al., 2019): the pooler of the encoder, then a projection.
  static let bert = EncoderArchitecture(
    name: "BertForSequenceClassification", prefix: "bert.", dense: "bert.pooler.dense",
    projection: "classifier", headDropout: .beforeProjection, positions: .fromZero,
    leftovers: ["cls.", "lm_head."])

  /// RoBERTa (Liu et al., 2019): no pooler, two layers of the head's own.
  static let roberta = EncoderArchitecture(
    name: "RobertaForSequenceClassification", prefix: "roberta.", dense: "classifier.dense",
    projection: "classifier.out_proj", headDropout: .beforeBoth,
    positions: .afterPadding(defaultId: 1),
    leftovers: ["lm_head.", "roberta.pooler.", "pooler."])
}

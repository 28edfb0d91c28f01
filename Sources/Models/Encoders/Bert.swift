extension EncoderArchitecture {
  /// BERT (Devlin et al., 2019): a sequence's head is the pooler of the encoder, then a projection.
  static let bert = EncoderArchitecture(
    className: "Bert", prefix: "bert.", block: .bert, positions: .fromZero,
    sequenceHead: SequenceHead(
      dense: "bert.pooler.dense", projection: "classifier", activation: .tanh,
      dropout: .beforeProjection),
    leftovers: ["cls.", "lm_head."])
}

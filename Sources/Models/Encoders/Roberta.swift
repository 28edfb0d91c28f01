extension EncoderArchitecture {
  /// RoBERTa (Liu et al., 2019): no pooler, two layers of the head's own.
  static let roberta = EncoderArchitecture(
    className: "Roberta", prefix: "roberta.", block: .bert,
    positions: .afterPadding(defaultId: 1),
    sequenceHead: SequenceHead(
      dense: "classifier.dense", projection: "classifier.out_proj", activation: .tanh,
      dropout: .beforeBoth),
    leftovers: ["lm_head.", "roberta.pooler.", "pooler."])
}

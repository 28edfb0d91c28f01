extension EncoderArchitecture {
  /// DistilBERT (Sanh et al., 2019): BERT without token types and pooler, with half of the blocks.
  static let distilBert = EncoderArchitecture(
    className: "DistilBert", prefix: "distilbert.",
    block: BlockNames(
      prefix: "transformer.layer.", query: "attention.q_lin", key: "attention.k_lin",
      value: "attention.v_lin", attentionOutput: "attention.out_lin",
      attentionNorm: "sa_layer_norm", intermediate: "ffn.lin1", output: "ffn.lin2",
      outputNorm: "output_layer_norm"),
    keys: ConfigurationKeys(
      hiddenSize: "dim", layerCount: "n_layers", headCount: "n_heads",
      intermediateSize: "hidden_dim", activation: "activation", layerNormEpsilon: nil,
      hiddenDropout: "dropout", attentionDropout: "attention_dropout",
      sequenceDropout: ("seq_classif_dropout", 0.2), tokenDropout: ("dropout", nil)),
    hasTokenTypes: false, dropsAttentionOutput: false, positions: .fromZero,
    sequenceHead: SequenceHead(
      dense: "pre_classifier", projection: "classifier", activation: .relu,
      dropout: .beforeProjection),
    leftovers: ["vocab_transform.", "vocab_layer_norm.", "vocab_projector."])
}

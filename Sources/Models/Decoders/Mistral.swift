extension DecoderArchitecture {
  /// Mistral (Jiang et al., 2023): LLaMA with a window of attention in its first version.
  static let mistral = DecoderArchitecture(
    className: "Mistral", bias: .none, window: .everywhere(default: 4096))
}

extension DecoderArchitecture {
  /// Qwen3 (Yang et al., 2025): LLaMA with normalised queries and keys in heads of their own size.
  static let qwen3 = DecoderArchitecture(
    className: "Qwen3", normalizesHeads: true, headSize: 128, window: .upperBlocks)
}

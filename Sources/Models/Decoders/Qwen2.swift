extension DecoderArchitecture {
  /// Qwen2 and Qwen2.5 (Yang et al., 2024): LLaMA with biases of queries, keys and values.
  static let qwen2 = DecoderArchitecture(
    className: "Qwen2", bias: .queryKeyValue, window: .upperBlocks)
}

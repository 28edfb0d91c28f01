extension DecoderArchitecture {
  /// LLaMA 1 to 3 (Touvron et al., 2023; Grattafiori et al., 2024), and what was built like it: SmolLM2, TinyLlama.
  static let llama = DecoderArchitecture(className: "Llama")
}

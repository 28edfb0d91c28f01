import Support

/// Names of tensors in GGUF files, and in the folders of `transformers`, for models of the LLaMA
/// family.
public enum GGUFNames {
  /// The architectures (`general.architecture`) whose names and configuration are known.
  public static let architectures = ["llama", "mistral", "qwen2", "qwen3"]

  private static let whole = [
    "token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
  ]

  private static let ofBlock = [
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
  ]

  /// The divisors of rotary frequencies, which are part of the configuration elsewhere.
  package static let ropeFactors = "rope_freqs.weight"

  /// `blk.0.attn_q.weight` as `model.layers.0.self_attn.q_proj.weight`; nil for a name that is
  /// unknown.
  public static func huggingFace(_ name: String) -> String? {
    renamed(name, prefix: "blk.", to: "model.layers.", whole, ofBlock)
  }

  /// `model.layers.0.self_attn.q_proj.weight` as `blk.0.attn_q.weight`; nil for a name that is
  /// unknown.
  public static func gguf(_ name: String) -> String? {
    renamed(name, prefix: "model.layers.", to: "blk.", inverse(whole), inverse(ofBlock))
  }

  private static func inverse(_ table: [String: String]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: table.map { ($1, $0) })
  }

  private static func renamed(
    _ name: String, prefix: String, to newPrefix: String, _ whole: [String: String],
    _ ofBlock: [String: String]
  ) -> String? {
    guard let dot = name.lastIndex(of: "."), ["weight", "bias"].contains(name[dot...].dropFirst())
    else { return nil }
    let (stem, ending) = (name[..<dot], name[dot...])
    guard stem.hasPrefix(prefix) else { return whole[String(stem)].map { $0 + ending } }
    let rest = stem.dropFirst(prefix.count)
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    // The one way to write a number: two names must not become one.
    guard let number = Int(digits), "\(number)" == digits, rest.dropFirst(digits.count).first == "."
    else { return nil }
    return ofBlock[String(rest.dropFirst(digits.count + 1))]
      .map { "\(newPrefix)\(number).\($0)\(ending)" }
  }
}

import Foundation
import Support

extension GGUFFile {
  /// The configuration of the model under the keys of `config.json`, as `transformers` reads it
  /// from the file; and what it does not read there: the scaling of rotary positions, and the
  /// window of attention.
  /// - Throws: `InputError` when a value is missing, of another type, or not supported.
  public func configuration() throws -> ConfigurationFile {
    let architecture = try architecture()
    func key(_ name: String) -> String { "\(architecture).\(name)" }
    if let experts = try metadata.integer(key("expert_count")), experts > 0 {
      throw metadata.error(key("expert_count"), "a mixture of experts is not supported")
    }
    var object: JSONObject = ["model_type": .string(architecture)]
    func set(_ name: String, _ value: Int?) {
      if let value { object[name] = .number(JSONNumber(value)) }
    }
    func required(_ name: String) throws -> Int {
      guard let value = try metadata.integer(key(name)), value > 0 else {
        throw metadata.error(key(name), "is missing or not above 0")
      }
      return value
    }
    let heads = try required("attention.head_count")
    object["architectures"] = .array([.string(Self.classNames[architecture] ?? "")])
    set("max_position_embeddings", try required("context_length"))
    set("num_hidden_layers", try required("block_count"))
    set("intermediate_size", try required("feed_forward_length"))
    set("hidden_size", try required("embedding_length"))
    set("num_attention_heads", heads)
    set("num_key_value_heads", try metadata.integer(key("attention.head_count_kv")) ?? heads)
    let rotated =
      architecture.hasPrefix("qwen") ? nil : try metadata.integer(key("rope.dimension_count"))
    set("head_dim", try metadata.integer(key("attention.key_length")) ?? rotated)
    set("sliding_window", try metadata.integer(key("attention.sliding_window")))
    set("vocab_size", try vocabularySize(key("vocab_size")))
    for (name, token) in [("bos", "bos"), ("eos", "eos"), ("pad", "padding")] {
      set("\(name)_token_id", try metadata.integer("tokenizer.ggml.\(token)_token_id"))
    }
    let epsilon = key("attention.layer_norm_rms_epsilon")
    guard let value = try metadata.number(epsilon) else {
      throw metadata.error(epsilon, "is missing, expected a number")
    }
    object["rms_norm_eps"] = .number(JSONNumber(value))
    object["hidden_act"] = .string("silu")
    object["rope_theta"] = .number(JSONNumber(try metadata.number(key("rope.freq_base")) ?? 10000))
    object["tie_word_embeddings"] = .bool(!tensors.contains { $0.info.name == "output.weight" })
    object["rope_scaling"] = try ropeScaling()
    if architecture == "llama" {
      for (key, layer) in [("attention_bias", "attn_output"), ("mlp_bias", "ffn_down")]
      where tensors.contains(where: { $0.info.name == "blk.0.\(layer).bias" }) {
        object[key] = true
      }
    }
    return ConfigurationFile(object, at: url)
  }

  private static let classNames = [
    "llama": "LlamaForCausalLM", "mistral": "MistralForCausalLM", "qwen2": "Qwen2ForCausalLM",
    "qwen3": "Qwen3ForCausalLM",
  ]

  private func vocabularySize(_ key: String) throws -> Int? {
    if let size = try metadata.integer(key) { return size }
    return tensors.first { $0.info.name == "token_embd.weight" }?.info.shape.first
  }
}
